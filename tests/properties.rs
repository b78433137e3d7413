//! Properties that hold for any input: every byte in one token, no panic, spans inside the file.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use oi_lint::diagnostic::{Applicability, Diagnostic, Fix};
use oi_lint::engine::{Linter, Settings};
use oi_lint::model::Surroundings;
use oi_lint::rulebook::{Profile, Rulebook, Subject};
use oi_lint::source::Source;
use oi_lint::{dockerfile, manifest};
use proptest::prelude::*;

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

fn assert_lossless(bytes: &[u8]) {
    let source = Source::new(bytes.to_vec()).unwrap();
    let file = dockerfile::parse(&source);
    let mut joined = Vec::new();
    let mut at = 0;
    for token in &file.tokens {
        assert_eq!(token.span.start, at, "tokens follow each other");
        assert!(!token.span.is_empty(), "a token has bytes");
        joined.extend_from_slice(&source.bytes()[token.span.range()]);
        at = token.span.end;
    }
    assert_eq!(joined, bytes);
}

static LINTERS: LazyLock<Vec<Linter>> = LazyLock::new(|| {
    let settings = |profile| Settings { profile, ..Settings::default() };
    Profile::ALL.into_iter().map(|profile| Linter::new(Rulebook::builtin(), &settings(profile)).unwrap()).collect()
});

/// Fixes do no harm, leave nothing to fix but what was taken back, and do nothing where they are applied again.
fn assert_mended(subject: Subject, source: &Source, most: Applicability) {
    let surroundings = Surroundings::default();
    for linter in LINTERS.iter() {
        let once = linter.mend(subject, source.clone(), &surroundings, most);
        let is_wrong = |found: &Diagnostic| once.failures.iter().any(|failure| failure.rule == found.rule);
        // What stands in for bytes that are no UTF-8 is never written.
        let writes_text = |fix: &Fix| !fix.edits.iter().any(|edit| edit.text.contains(Source::SUBSTITUTE));
        let is_left = |found: &Diagnostic| {
            found.fix.as_ref().is_some_and(|fix| fix.applicability <= most && writes_text(fix)) && !is_wrong(found)
        };
        let left: Vec<&Diagnostic> = once.diagnostics.iter().filter(|found| is_left(found)).collect();
        assert!(left.is_empty(), "{left:?}\n{}", source.text());
        let twice = linter.mend(subject, once.source.clone(), &surroundings, most);
        assert_eq!(twice.source.bytes(), once.source.bytes());
        assert_eq!(once.fixed.is_empty(), once.source.bytes() == source.bytes());
        let errors = |source: &Source| dockerfile::parse(source).errors.len();
        assert!(subject != Subject::Dockerfile || errors(&once.source) <= errors(source));
    }
}

#[test]
fn fixtures_are_mended() {
    for entry in walkdir::WalkDir::new("fixtures").sort_by_file_name() {
        let path = entry.unwrap().into_path();
        if path.is_file() {
            let source = Source::new(std::fs::read(&path).unwrap()).unwrap();
            for most in [Applicability::Safe, Applicability::Unsafe] {
                let subject = oi_lint::discover::subject(&path);
                assert_mended(subject, &source, most);
                let mended =
                    LINTERS.iter().map(|linter| linter.mend(subject, source.clone(), &Surroundings::default(), most));
                let failures: Vec<_> = mended.flat_map(|mended| mended.failures).collect();
                assert!(failures.is_empty(), "{}: {failures:?}", path.display());
            }
        }
    }
}

fn assert_spans_inside(bytes: Vec<u8>) {
    let source = Source::new(bytes).unwrap();
    let len = source.text().len() as u32;
    for (linter, subject) in LINTERS.iter().flat_map(|linter| Subject::ALL.map(|subject| (linter, subject))) {
        for diagnostic in linter.lint_as(subject, &source, &Surroundings::default()) {
            let edits = diagnostic.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
            let labels = diagnostic.related.iter().map(|label| label.span);
            for span in [diagnostic.span].into_iter().chain(labels).chain(edits) {
                assert!(span.start <= span.end && span.end <= len, "{diagnostic:?}");
                assert!(source.text().is_char_boundary(span.start as usize), "{diagnostic:?}");
                assert!(source.text().is_char_boundary(span.end as usize), "{diagnostic:?}");
            }
        }
    }
}

fn assert_manifest_lossless(bytes: Vec<u8>) {
    let source = Source::new(bytes).unwrap();
    let lines = manifest::parse(&source).lines;
    let joined: String = lines.iter().map(|line| source.slice(line.span)).collect();
    assert_eq!(joined, source.text());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_give_any_bytes_back(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        assert_lossless(&bytes);
    }

    #[test]
    fn tokens_give_dockerfiles_back(bytes in dockerfile_text()) {
        assert_lossless(&bytes);
    }

    #[test]
    fn lines_give_manifests_back(bytes in manifest_text()) {
        assert_manifest_lossless(bytes);
    }

    #[test]
    fn findings_lie_inside_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        assert_spans_inside(bytes);
    }

    #[test]
    fn findings_lie_inside_manifests(bytes in manifest_text()) {
        assert_spans_inside(bytes);
    }

    #[test]
    fn findings_lie_inside_dockerfiles(bytes in dockerfile_text()) {
        assert_spans_inside(bytes);
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
        assert_lossless(text.as_bytes());
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
