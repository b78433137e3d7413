//! Properties that hold for any input: every byte in one token, no panic, spans inside the file.
#![allow(clippy::unwrap_used)]

use oi_lint::diagnostic::Applicability;
use oi_lint::engine::Mended;
use oi_lint::rulebook::Subject;
use oi_lint::source::Source;
use proptest::prelude::*;

mod invariants;

use invariants::LINTERS;

/// Lines of which Dockerfiles are made, and what breaks them.
fn line() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        Just("FROM debian:trixie-slim AS a\n"),
        Just("RUN set -eux; \\\n"),
        Just("\tapt-get install -y curl \\\n"),
        Just("# comment\n"),
        Just("# escape=`\n"),
        Just("\n"),
        Just("  \\\n"),
        Just("RUN <<EOF\n"),
        Just("EOF\n"),
        Just("RUN --mount=type=cache,target=/x --network=none cmd\n"),
        Just("COPY --from=a [\"x y\", \"/z\"]\n"),
        Just("ENV A=\"b c\" D=e\\ f G\n"),
        Just("ENV K v \r\n"),
        Just("ONBUILD RUN <<-X cat\n"),
        Just("\tX\n"),
        Just("CMD [\"a\", 1]\n"),
        Just("HEALTHCHECK --interval=5s CMD curl x || exit 1\n"),
        Just("LABEL \"a b\"=c\n"),
        Just("ARG V=${X:-${Y}} W\n"),
        Just("RUN for k in $KEYS; do gpg --recv-keys \"$k\"; done\n"),
        Just("RUN case \"$(uname -m)\" in x) echo 'a; b' ;; esac\n"),
        Just("USER ${U%%:*}\n"),
        Just("RUN [ -f x ] && (curl x | sh)"),
        Just("\u{A0}RUN \u{85}é{{x}}\n"),
        Just(
            "RUN curl -fL -o x.tgz \"https://h/x-$V.tgz\"; echo \"$S *x.tgz\" | sha256sum -c -; tar xf x.tgz; rm x.tgz\n"
        ),
        Just("\tcd /w && wget -qO- http://h/latest/y | tar xz; \\\n"),
        Just("RUN f() { curl -o \"$1\" \"$2\"; }; f a https://h/a; mv a b; sh b\n"),
        Just("ADD https://h/x.git#main /x\n"),
        Just("VOLUME /x\n"),
        Just("RUN chown -R a:b /x && chmod +x /x/*; rm -rf /x/y\n"),
        Just("RUN git clone https://h/x && cd x && git checkout $C || true\n"),
        Just("RUN groupadd -r g && useradd -r -g g u; gosu u id\n"),
        Just("RUN apt-get update && apt-get purge -y gcc; rm -rf /var/lib/apt/lists/*\n"),
        Just("ENTRYPOINT [\"docker-entrypoint.sh\"]\n"),
        Just("set -- app \"$@\"; exec gosu app \"$@\"\n"),
    ];
    prop_oneof![8 => fragment.prop_map(str::to_owned), 1 => "[ -~\\t\\n\\\\\"'$<>{}\\[\\]]{0,40}"]
}

/// Lines of which manifests are made, and what breaks them.
fn manifest_line() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        Just("Maintainers: Ann Lee <ann@example.org> (@ann),\n"),
        Just("             Bo Ray (@bo)\n"),
        Just("GitRepo: git://github.com/example/image.git\n"),
        Just("GitFetch: main\n"),
        Just("GitCommit: 0123456789ABCDEF0123456789abcdef01234567\n"),
        Just("Tags: 1.0, latest,\n"),
        Just("Tags: 1.0-latest, é, v2.1.0\n"),
        Just("SharedTags: 1 2,, 1\n"),
        Just("Architectures: amd64, arm64,\u{a0}i386 x86\n"),
        Just("arm64v8-Directory: ./x/\n"),
        Just("Directory: ../y\\z\r\n"),
        Just("File:\n"),
        Just("Builder: buildx\n"),
        Just("Constraints: windowsservercore\n"),
        Just("Directry: a\n"),
        Just("Tags 2.0\n"),
        Just("GitRepo https://example.org/a\n"),
        Just("  latest,\n"),
        Just(" Directory: b\n"),
        Just("\n"),
        Just("\n"),
        Just("\n\nTags: 2.0\n"),
        Just("\r\n"),
        Just("  \n"),
        Just("\u{a0}\n"),
        Just("\u{feff}"),
        Just("# comment\n"),
        Just(": x\n"),
        Just("\u{2003}Tags\u{85}: \u{feff}1"),
    ];
    prop_oneof![8 => fragment.prop_map(str::to_owned), 1 => "[ -~\\t\\n,:@()<>é\u{a0}]{0,30}"]
}

fn dockerfile_text() -> impl Strategy<Value = Vec<u8>> {
    text_of(line())
}

fn manifest_text() -> impl Strategy<Value = Vec<u8>> {
    text_of(manifest_line())
}

fn text_of(line: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<u8>> {
    let mangled = (prop::collection::vec(line, 0..24), any::<prop::sample::Index>(), any::<u8>(), any::<bool>());
    mangled.prop_map(|(lines, at, byte, mangle)| {
        let mut bytes = lines.concat().into_bytes();
        if mangle && !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

/// Under each profile.
fn assert_mended(subject: Subject, source: &Source, most: Applicability) -> Vec<Mended> {
    LINTERS.iter().map(|linter| invariants::fixes_do_no_harm(linter, subject, source, most)).collect()
}

#[test]
fn fixtures_are_mended() {
    for entry in walkdir::WalkDir::new("fixtures").sort_by_file_name() {
        let path = entry.unwrap().into_path();
        if path.is_file() {
            let source = Source::new(std::fs::read(&path).unwrap()).unwrap();
            for most in [Applicability::Safe, Applicability::Unsafe] {
                let subject = oi_lint::discover::subject(&path);
                let mended = assert_mended(subject, &source, most);
                let failures: Vec<_> = mended.into_iter().flat_map(|mended| mended.failures).collect();
                assert!(failures.is_empty(), "{}: {failures:?}", path.display());
            }
        }
    }
}

/// There are more of them than passes, and one of them does harm.
#[test]
fn many_fixes_beside_a_harmful_one() {
    let script = format!("#!/usr/bin/env bash\n: {{ {}\n if ! x;e$dthen\n", "{".repeat(70));
    let source = invariants::source(script.as_bytes());
    let mended = assert_mended(Subject::EntrypointScript, &source, Applicability::Unsafe);
    assert!(mended.iter().any(|mended| mended.fixed.values().sum::<usize>() > 70));
}

/// Under each profile, as each kind of file.
fn assert_sound(bytes: &[u8]) {
    let source = invariants::source(bytes);
    for (linter, subject) in LINTERS.iter().flat_map(|linter| Subject::ALL.map(|subject| (linter, subject))) {
        invariants::findings_are_sound(linter, subject, &source);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_give_any_bytes_back(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        invariants::tokens_give_the_file_back(&invariants::source(&bytes));
    }

    #[test]
    fn tokens_give_dockerfiles_back(bytes in dockerfile_text()) {
        invariants::tokens_give_the_file_back(&invariants::source(&bytes));
    }

    #[test]
    fn lines_give_manifests_back(bytes in manifest_text()) {
        invariants::lines_give_the_manifest_back(&invariants::source(&bytes));
    }

    #[test]
    fn findings_lie_inside_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        assert_sound(&bytes);
    }

    #[test]
    fn findings_lie_inside_manifests(bytes in manifest_text()) {
        assert_sound(&bytes);
    }

    #[test]
    fn findings_lie_inside_dockerfiles(bytes in dockerfile_text()) {
        assert_sound(&bytes);
    }
}

/// Work that grows with the square of the input would not end here.
#[test]
fn large_inputs_are_read_in_one_pass() {
    let many = [
        "A \\\n".repeat(200_000),
        format!("FROM a\nRUN {}", "x \\\n# c\n\n".repeat(100_000)),
        format!("FROM a\nENV {}", "A=b ".repeat(16_000)),
        format!("FROM a\n{}", "RUN <<E\n".repeat(5_000)),
        format!("FROM a\nLABEL {}", "a=\"".repeat(20_000)),
        "ONBUILD ".repeat(8_000),
        format!("FROM a\nCMD {}", "[".repeat(60_000)),
        "#\n".repeat(500_000),
    ];
    for text in many {
        invariants::tokens_give_the_file_back(&invariants::source(text.as_bytes()));
    }
}

proptest! {
    // Each case is linted many times over.
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fixes_do_no_harm(bytes in dockerfile_text(), is_unsafe in any::<bool>()) {
        let most = if is_unsafe { Applicability::Unsafe } else { Applicability::Safe };
        let source = Source::new(bytes).unwrap();
        for subject in Subject::ALL {
            assert_mended(subject, &source, most);
        }
    }

    #[test]
    fn fixes_of_manifests_do_no_harm(bytes in manifest_text()) {
        assert_mended(Subject::LibraryManifest, &Source::new(bytes).unwrap(), Applicability::Unsafe);
    }
}

/// What the fuzz targets found, each as small as it became.
#[test]
fn what_fuzzing_found() {
    for text in [
        // A flag that ends inside a character, as BuildKit reads bytes.
        "FROM a\nCOPY --chown=\u{405}x /a /b\n",
        "FROM a\nRUN --mount=\u{2800}x true\n",
        "FROM a\nHEALTHCHECK \u{560}x\n",
        // No here-document.
        "FROM a\nRUN a=$(( 1 << 2 )); \\\n  echo \"$a\"\n",
        // Here-documents behind each other, without an end.
        "FROM debian\nRUN <<E cat && <<E cat\napt-get install cu\0\u{85}E\nEOF2\n",
        "RUN cat <<EOF >t cat <<EOF > script\nsudo true\nEOpnur\nido tr\n",
        // Expansions without an end, each of which doubles the work of the shell parser: this would not come back.
        &format!("FROM a\nRUN cat <<E\n{}\nE\n", "$(( \"${x-a ".repeat(40)),
        &format!("FROM a\nRUN <<E\ncat <<F\n{}\nF\nE\n", "${x-$(a ".repeat(40)),
    ] {
        let source = invariants::source(text.as_bytes());
        invariants::tokens_give_the_file_back(&source);
        invariants::shell_lies_in_the_file(&source);
        assert_sound(text.as_bytes());
        for subject in Subject::ALL {
            assert_mended(subject, &source, Applicability::Unsafe);
        }
    }
}
