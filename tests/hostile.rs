//! Files made to cost more than they weigh. Work is counted, not timed: what is allocated, in pieces and in bytes, may not
//! grow faster than the file. `cargo test --test hostile -- --ignored --nocapture` says the times besides.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Instant;

use allocation_counter::{AllocationInfo, measure};
use oi_lint::engine::{Linter, Settings};
use oi_lint::model::Surroundings;
use oi_lint::rulebook::{Profile, Rulebook, Subject};
use oi_lint::source::Source;

mod invariants;

use invariants::LINTERS;

/// A file twice as large may take so much more work, in percent: a little over twice, for what grows with a logarithm.
const MOST_GROWTH: u64 = 250;

/// A family of files.
struct Case {
    name: &'static str,
    subject: Subject,
    /// The smaller of the two sizes that are compared.
    size: usize,
    make: fn(usize) -> String,
}

/// Each case as a test of its own, and all of them in a table.
macro_rules! cases {
    ($($name:ident: $subject:ident, $size:expr, $make:expr;)*) => {
        $(
            #[test]
            fn $name() {
                with_stack(|| grows_with_the_file(&Case {
                    name: stringify!($name),
                    subject: Subject::$subject,
                    size: $size,
                    make: $make,
                }));
            }
        )*

        const CASES: &[Case] = &[
            $(Case { name: stringify!($name), subject: Subject::$subject, size: $size, make: $make },)*
        ];
    };
}

/// A line for each number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|number| line(number) + "\n").collect()
}

fn dockerfile(count: usize, line: impl Fn(usize) -> String) -> String {
    "FROM debian:trixie-slim\n".to_owned() + &lines(count, line)
}

fn script(count: usize, line: impl Fn(usize) -> String) -> String {
    "#!/bin/sh\nset -e\n".to_owned() + &lines(count, line) + "exec \"$@\"\n"
}

/// One RUN whose lines go on with the next.
fn run(count: usize, line: impl Fn(usize) -> String) -> String {
    let body = lines(count, |number| format!("\t{}; \\", line(number)));
    format!("FROM debian:trixie-slim\nRUN set -eux; \\\n{body}\ttrue\n")
}

/// Something in itself.
fn nested(open: &str, inside: &str, close: &str, depth: usize) -> String {
    open.repeat(depth) + inside + &close.repeat(depth)
}

cases! {
    // Lines and instructions.
    ten_thousand_heredocs: Dockerfile, 2500, |n| dockerfile(n, |_| "RUN <<E\ntrue\nE".to_owned());
    expansions_without_end_in_a_heredoc: Dockerfile, 500, |n| format!("FROM debian\nRUN cat <<E\n{}\nE\n", "${x-$(a ".repeat(n));
    heredocs_on_one_line: Dockerfile, 1000, |n| {
        let (names, bodies) = (lines(n, |i| format!("<<E{i}")).replace('\n', " "), lines(n, |i| format!("x\nE{i}")));
        format!("FROM debian\nCOPY {names} /x/\n{bodies}")
    };
    heredocs_without_end: Dockerfile, 500, |n| dockerfile(n, |i| format!("RUN <<E{i}"));
    comments_that_silence: Dockerfile, 500, |n| dockerfile(n, |_| "# oi-lint ignore=recommended-packages\nRUN apt-get install x".to_owned());
    continued_lines: Dockerfile, 1000, |n| run(n, |i| format!("echo {i}"));
    empty_lines_in_a_command: Dockerfile, 1000, |n| format!("FROM debian\nRUN {}true\n", "x \\\n# c\n\n".repeat(n));
    // Usual files, over and over.
    one_file_many_times: Dockerfile, 60, |n| include_str!("../fixtures/good/language-stack/Dockerfile").repeat(n);
    stages_many_times: Dockerfile, 20, |n| include_str!("../fixtures/good/go-multi-stage/Dockerfile").repeat(n);
    bad_file_many_times: Dockerfile, 20, |n| include_str!("../fixtures/bad/downloads/Dockerfile").repeat(n);
    // Variables.
    many_variables: Dockerfile, 300, |n| dockerfile(n, |i| format!("ARG V{i}=1\nENV W{i}=${{V{i}}}\nRUN echo $W{i} $V{}", i / 2));
    variables_of_each_other: Dockerfile, 600, |n| dockerfile(n, |i| format!("ENV V{}=$V{i}x", i + 1));
    variables_that_double: Dockerfile, 200, |n| dockerfile(n, |i| format!("ENV V{}=$V{i}$V{i}", i + 1));
    variables_on_one_line: Dockerfile, 500, |n| format!("FROM debian\nENV {}\n", lines(n, |i| format!("V{i}=$V{i}")).replace('\n', " "));
    shell_variables_that_double: Dockerfile, 200, |n| run(n, |i| format!("v{}=$v{i}$v{i}", i + 1));
    shell_variables_in_a_url: Dockerfile, 50, |n| run(n, |i| format!("v=$v$v; curl -fL -o x{i} https://h/$v"));
    expansions_in_each_other: Dockerfile, 5000, |n| format!("FROM debian\nWORKDIR {}\n", nested("${A:-", "x", "}", n));
    // Stages.
    many_stages: Dockerfile, 200, |n| lines(n, |i| format!("FROM debian:trixie-slim AS s{}\nCOPY --from=s{i} /a /a", i + 1));
    stages_on_each_other: Dockerfile, 200, |n| "FROM debian AS s0\n".to_owned() + &lines(n, |i| format!("FROM s{i} AS s{}\nENV V{i}=$V{}\nRUN echo $V{i}", i + 1, i / 2));
    stages_that_use_all_others: Dockerfile, 100, |n| lines(n, |i| format!("FROM debian AS s{i}\nRUN --mount=from=s{} --mount=from=s{} true", i / 2, i / 3));
    many_onbuilds: Dockerfile, 300, |n| dockerfile(n, |i| format!("ONBUILD ENV V{i}=$V{}\nONBUILD RUN echo $V{i}", i / 2));
    onbuilds_in_each_other: Dockerfile, 5000, |n| format!("FROM debian\n{}RUN true\n", "ONBUILD ".repeat(n));
    many_users: Dockerfile, 300, |n| dockerfile(n, |i| format!("RUN useradd u{i}\nUSER u{i}"));
    many_copies: Dockerfile, 300, |n| dockerfile(n, |i| format!("COPY a{i} /a{i}\nRUN rm /a{i} && chmod +x /a{}", i / 2));
    many_volumes: Dockerfile, 300, |n| dockerfile(n, |i| format!("VOLUME /v{i}\nRUN touch /v{}/x", i / 2));
    many_labels: Dockerfile, 500, |n| dockerfile(n, |i| format!("LABEL org.opencontainers.image.x{i}=$X y{i}=\"\""));
    many_ports: Dockerfile, 500, |n| dockerfile(n, |i| format!("EXPOSE {i} {i}/udp $P"));
    many_shells: Dockerfile, 300, |n| dockerfile(n, |_| "SHELL [\"/bin/bash\", \"-c\"]\nRUN [[ a == b ]]".to_owned());
    // Commands.
    long_case: Dockerfile, 300, |n| format!("FROM debian\nRUN case \"$(dpkg --print-architecture)\" in \\\n{} *) exit 1 ;; esac\n", lines(n, |i| format!("a{i}) url=x{i}; sha=y{i} ;; \\")).trim_end().to_owned() + "\n");
    cases_in_a_row: Dockerfile, 50, |n| run(n, |i| format!("case $(uname -m) in x) a={i} ;; *) a=$a$a ;; esac; curl -o $a http://h/$a"));
    nested_substitutions: Dockerfile, 5000, |n| format!("FROM debian\nRUN {}\n", nested("$(", "x", ")", n));
    nested_substitutions_without_end: Dockerfile, 5000, |n| format!("FROM debian\nRUN {}\n", "$(".repeat(n));
    nested_substitutions_in_quotes: Dockerfile, 5000, |n| format!("FROM debian\nRUN {}\n", nested("\"$(", "x", ")\"", n));
    nested_subshells: Dockerfile, 5000, |n| format!("FROM debian\nRUN {}\n", nested("( ", "x", " )", n));
    nested_groups: Dockerfile, 5000, |n| format!("FROM debian\nRUN {}\n", nested("{ ", "x", "; }", n));
    nested_arithmetic: Dockerfile, 5000, |n| format!("FROM debian\nRUN echo {}\n", nested("$((", "1", "))", n));
    nested_expansions: Dockerfile, 5000, |n| format!("FROM debian\nRUN echo {}\n", nested("${a:-", "x", "}", n));
    nested_ifs: Dockerfile, 2000, |n| format!("FROM debian\nRUN {}\n", nested("if x; then ", "y", "; fi", n));
    nested_scripts: Dockerfile, 2000, |n| format!("FROM debian\nRUN {}x\n", "sh -c ".repeat(n));
    long_pipeline: Dockerfile, 500, |n| format!("FROM debian\nRUN x{}\n", " | y".repeat(n));
    long_chain: Dockerfile, 500, |n| format!("FROM debian\nRUN x{}\n", " && y || z".repeat(n));
    many_packages: Dockerfile, 500, |n| format!("FROM debian\nRUN apt-get update && apt-get install -y {}\n", lines(n, |i| format!("p{}", i / 2)).replace('\n', " "));
    copies_and_arguments_again: Dockerfile, 300, |n| dockerfile(n, |i| format!("ARG A=/a{i}\nENV P=/p$A\nCOPY f /f{i}\nRUN echo $P"));
    versions_again: Dockerfile, 300, |n| "FROM debian\nARG X_VERSION=1.2.3\nRUN curl -fLo x https://h/x-1.2.4\n".repeat(n);
    relative_workdirs: Dockerfile, 1500, |n| dockerfile(n, |i| format!("WORKDIR d{i}\nCOPY f g/"));
    many_installs: Dockerfile, 200, |n| dockerfile(n, |i| format!("RUN apt-get update && apt-get install -y p{} p{i}=1", i / 2));
    many_downloads: Dockerfile, 200, |n| run(n, |i| format!("curl -fL -o f{i}.tgz https://h/f{i}.tgz; echo \"$S *f{i}.tgz\" | sha256sum -c -; tar xf f{i}.tgz; rm f{i}.tgz"));
    downloads_in_layers: Dockerfile, 200, |n| dockerfile(n, |i| format!("RUN curl -fL -o /f{i}.tgz https://h/f{i}.tgz\nRUN tar xf /f{i}.tgz && rm /f{i}.tgz"));
    files_that_move: Dockerfile, 200, |n| format!("FROM debian\nRUN curl -fLo f0 https://h/x; {} sh f{n}\n", lines(n, |i| format!("mv f{i} f{};", i + 1)).replace('\n', " "));
    files_in_a_folder: Dockerfile, 500, |n| run(n, |i| format!("curl -fL https://h/x > /a/f{i}; cp -r /a /b{i}; rm -rf /a"));
    checksums_that_nothing_reads: Dockerfile, 200, |n| dockerfile(n, |i| format!("ENV S{i}_SHA256={i:064x}\nCOPY p{i} /p{i}\nRUN curl -fL -o /f{i} https://h/f{i}; /p{i}"));
    many_keys: Dockerfile, 200, |n| run(n, |i| format!("gpg --batch --recv-keys ABCDEF{i}; gpg --verify f{i}.asc f{i}"));
    functions_that_call_each_other: Dockerfile, 100, |n| format!("FROM debian\nRUN f0() {{ curl -o $1 $2; }}; {} f{n} a https://h/b\n", lines(n, |i| format!("f{}() {{ f{i} \"$@\"; f{i} \"$@\"; }};", i + 1)).replace('\n', " "));
    outputs_that_flow_on: Dockerfile, 100, |n| format!("FROM debian\nRUN v0=$(curl -s https://h/latest); {} curl -o x https://h/$v{n}\n", lines(n, |i| format!("v{}=$v{i}$v{i}; w=$v{i};", i + 1)).replace('\n', " "));
    sums_in_variables: Dockerfile, 100, |n| format!("FROM debian\nRUN {} curl -fLo x https://h/x; echo \"$s$t *x\" | sha256sum -c\n", lines(n, |_| "s=$t$s; t=$s$t;".to_owned()).replace('\n', " "));
    loops_in_each_other: Dockerfile, 5, |n| format!("FROM debian\nRUN {}\n", (0..n).fold("curl -o $a0$a1$a2 https://h/$a0$a1$a2".to_owned(), |inner, i| format!("for a{i} in 1 2 3 4 5 6 7 8 9; do {inner}; done")));
    long_lists: Dockerfile, 300, |n| format!("FROM debian\nRUN for a in {}; do curl -o $a https://h/$a; done\n", lines(n, |i| format!("x{i}")).replace('\n', " "));
    braces_that_multiply: Dockerfile, 50, |n| format!("FROM debian\nRUN touch /x/{} && rm -rf /x/{}\n", "{a,b}".repeat(n), "{a,b}".repeat(n));
    patterns_that_backtrack: Dockerfile, 2000, |n| format!("FROM debian\nCOPY {0}b /x/\nRUN rm -rf /x/{0}b\nENV V={1}\nENV W=${{V#{0}b}} X=${{V//{0}b/c}}\n", "*a".repeat(n), "a".repeat(n));
    broken_commands: Dockerfile, 300, |n| dockerfile(n, |_| "RUN if x; then (\nUSER \"".to_owned());
    unknown_instructions: Dockerfile, 500, |n| dockerfile(n, |i| format!("RUM x{i}"));
    unset_variables: Dockerfile, 500, |n| dockerfile(n, |i| format!("ENV A{i}=$B{i}\nWORKDIR $C{i}"));
    // Entrypoint scripts.
    script_of_many_commands: EntrypointScript, 200, |n| script(n, |i| format!("if [ \"$1\" = x{i} ]; then set -- y{i} \"$@\"; fi"));
    script_of_nested_substitutions: EntrypointScript, 5000, |n| script(1, |_| nested("$(", "x", ")", n));
    script_of_functions: EntrypointScript, 100, |n| script(n, |i| format!("f{}() {{ f{i} \"$@\"; f{i}; }}", i + 1));
    script_of_functions_that_call_themselves: EntrypointScript, 100, |n| format!("#!/bin/sh\nf() {{ case $1 in\n{} esac; }}\nf\n", lines(n, |i| format!("{i}) f ;;")));
    script_of_variables: EntrypointScript, 200, |n| script(n, |i| format!(": \"${{V{}:=$V{i}$V{i}}}\"; local x=$V{i}", i + 1));
    script_of_one_case: EntrypointScript, 200, |n| format!("#!/bin/bash\ncase \"$1\" in\n{}esac\nexec \"$@\"\n", lines(n, |i| format!("a{i}|b{i}) shift; exec gosu x \"$@\" ;;")));
    script_of_heredocs: EntrypointScript, 200, |n| script(n, |i| format!("cat > /x{i} <<E\n$x\nE"));
    script_of_comments: EntrypointScript, 600, |n| script(n, |_| "# shellcheck disable=SC2086\necho $x".to_owned());
    script_of_groups_without_end: EntrypointScript, 300, |n| script(1, |_| format!("echo \"${{x#{}}}\"", "@(a".repeat(n)));
    script_of_patterns_without_end: EntrypointScript, 300, |n| script(1, |_| format!("case \"\" in ''\"$(\"$(''(\"\"{}| {0} \")))\nb ;; esac", "(a ".repeat(n)));
    script_of_expansions_in_comments: EntrypointScript, 300, |n| script(1, |_| format!("@(\"f\" #{}", "$(${x/".repeat(n)));
    script_of_expansions_without_end: EntrypointScript, 300, |n| script(n, |_| "cat <<'E' a${x/b.sh".to_owned());
    // Manifests.
    many_entries: LibraryManifest, 300, |n| "Maintainers: A (@a)\nGitRepo: https://h/a.git\n".to_owned() + &lines(n, |i| format!("\nTags: {i}, {i}-x\nArchitectures: amd64, arm64v8\nGitCommit: {i:040x}\nDirectory: d{i}"));
    many_tags: LibraryManifest, 500, |n| format!("Maintainers: A (@a)\nGitRepo: https://h/a.git\n\nTags: {}\nGitCommit: {:040x}\n", lines(n, |i| format!("t{},", i / 2)).replace('\n', " "), 1);
    many_fields: LibraryManifest, 500, |n| "Maintainers: A (@a)\n".to_owned() + &lines(n, |i| format!("amd64-Directory: a{i}\nDirektory: x"));
    many_continuations: LibraryManifest, 500, |n| "Maintainers: A (@a),\n".to_owned() + &lines(n, |i| format!(" B{i} <x> (@b{i}),"));
}

/// What linting takes under `official` and `hadolint`, which have the most rules between them. The linters are new, as what
/// they keep of one file would be had for nothing by another.
fn work(case: &Case, size: usize) -> AllocationInfo {
    let source = Source::new((case.make)(size).into_bytes()).unwrap();
    let linters = [Profile::Official, Profile::Hadolint]
        .map(|profile| Linter::new(Rulebook::builtin(), &Settings { profile, ..Settings::default() }).unwrap());
    measure(|| {
        for linter in &linters {
            linter.lint_as(case.subject, &source, &Surroundings::default());
        }
    })
}

/// With the stack that the program gives its threads.
fn with_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(8 << 20).spawn(test).unwrap().join().unwrap();
}

fn grows_with_the_file(case: &Case) {
    // What is made once a process is no work of a file.
    work(case, 1);
    let (one, two) = (work(case, case.size), work(case, 2 * case.size));
    for (what, one, two) in [
        ("allocations", one.count_total, two.count_total),
        ("bytes", one.bytes_total, two.bytes_total),
        ("bytes at a time", one.bytes_max, two.bytes_max),
    ] {
        assert!(two * 100 <= one * MOST_GROWTH, "{}: {one} {what}, {two} for a file twice as large", case.name);
    }
}

/// For people who look for work that allocates nothing. `OI_LINT_CASE` is a part of the names that are wanted, and `OI_LINT_TIMES`
/// makes all files so many times as large.
#[test]
#[ignore = "says times"]
fn times() {
    let only = std::env::var("OI_LINT_CASE").unwrap_or_default();
    let times = std::env::var("OI_LINT_TIMES").map_or(1, |times| times.parse().unwrap());
    for case in CASES.iter().filter(|case| case.name.contains(&only)) {
        work(case, 1);
        print!("{:40}", case.name);
        for factor in [1, 2, 4] {
            let source = Source::new((case.make)(case.size * times * factor).into_bytes()).unwrap();
            for linter in LINTERS.iter().take(2) {
                let start = Instant::now();
                let info = measure(|| drop(linter.lint_as(case.subject, &source, &Surroundings::default())));
                print!(" {:6}ms {:8}", start.elapsed().as_millis(), info.count_total);
            }
        }
        println!();
    }
    assert_eq!(LINTERS.len(), Profile::ALL.len());
}
