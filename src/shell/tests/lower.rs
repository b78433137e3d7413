use super::{continued, joined, parse};
use crate::shell::ast::{
    Command, List, Operation, PartKind, Quoting, RedirectKind, Separator, Simple, Statement, Word,
};
use crate::shell::{exec_form, invocations};
use crate::source::Span;

fn simple(text: &str) -> Simple {
    match parse(text).statements.remove(0).command {
        Command::Simple(simple) => simple,
        other => panic!("{other:?}"),
    }
}

fn statement(text: &str) -> Statement {
    parse(text).statements.remove(0)
}

/// The parts of a word: literals with a mark for their quoting, other parts by kind.
fn parts(word: &Word) -> String {
    let parts = word.parts.iter().map(|part| {
        let kind = match &part.kind {
            PartKind::Literal(text) => text.clone(),
            PartKind::Parameter(parameter) => format!("${}", parameter.name),
            PartKind::Substitution(list) => format!("$({})", list.statements.len()),
            PartKind::ProcessSubstitution { input, .. } => if *input { "<()" } else { ">()" }.to_owned(),
            PartKind::Unknown => "?".to_owned(),
        };
        match part.quoting {
            Quoting::None => kind,
            Quoting::Single => format!("'{kind}'"),
            Quoting::Double => format!("\"{kind}\""),
        }
    });
    parts.collect::<Vec<_>>().join("+")
}

#[test]
fn words() {
    #[rustfmt::skip]
    let rows = [
        ("a\\;b", "a+';'+b"),
        (r#""x\"y$(c)z""#, r#""x"y"+"$(1)"+"z""#),
        ("'a; b'", "'a; b'"),
        ("$'a\\n\\x41\\'\\u00e9'", "'a\nA'é'"),
        ("\"\"", ""),
        ("a#b", "a#b"),
        ("$x${y}z", "$x+$y+z"),
        ("\"$1$#$@\"", "\"$1\"+\"$#\"+\"$@\""),
        ("`a \\`b\\``", "$(1)"),
        ("$((1+$(a)))", "?+$(1)"),
        ("$( (a); b )", "$(2)"),
        ("$((a) | b)", "$(1)"),
        ("\"$(case x in a) b;; (c) d;; esac)\"", "\"$(1)\""),
        ("<(a b)", "<()"),
        ("żółw\"ś $x\"", "żółw+\"ś \"+\"$x\""),
        ("\"a\\$b\\c\"", "\"a$b\\c\""),
        ("$", "$"),
        ("a$", "a+$"),
        ("\"${x:-\"a b\"}\"", "\"$x\""),
        ("$(echo ')' # )\n)", "$(1)"),
        ("$(cat <<E\n)\nE\n)", "$(1)"),
        ("ap\\\nt", "apt"),
    ];
    for (text, expected) in rows {
        let simple = simple(&format!("x {text}"));
        let expected = expected.replace("a+$", "a$");
        assert_eq!(parts(&simple.words[1]), expected, "{text}");
        assert_eq!(simple.words.len(), 2, "{text}");
    }
}

#[test]
fn parameters() {
    let operation = |text: &str| match simple(text).words.remove(0).parts.remove(0).kind {
        PartKind::Parameter(parameter) => (parameter.name, parameter.operation),
        other => panic!("{other:?}"),
    };
    let trim = |pattern: &str, longest| Operation::TrimSuffix { pattern: pattern.to_owned(), longest };
    assert_eq!(operation("${v%.*}"), ("v".into(), trim(".*", false)));
    assert_eq!(operation("${v%%-*}"), ("v".into(), trim("-*", true)));
    assert_eq!(operation("${v##*/}").1, Operation::TrimPrefix { pattern: "*/".into(), longest: true });
    assert_eq!(operation("${#v}"), ("v".into(), Operation::Other));
    assert_eq!(operation("${v:?no}"), ("v".into(), Operation::Required));
    assert_eq!(operation("${v:1:2}").1, Operation::Other);
    assert_eq!(operation("${v[0]}").1, Operation::Other);
    assert_eq!(operation("${!v}").1, Operation::Other);
    assert_eq!(operation("${v/#a/b}").1, Operation::Other);
    let Operation::Default { word, colon: true } = operation("${v:-a$b}").1 else { panic!() };
    assert_eq!(parts(&word), "a+$b");
    let Operation::Alternative { word, colon: false } = operation("${v+\"a b\"}").1 else { panic!() };
    assert!(word.is("a b"));
    let Operation::Replace { pattern, replacement, all: true } = operation("${v//./$x}").1 else { panic!() };
    assert_eq!((pattern.as_str(), parts(&replacement).as_str()), (".", "$x"));
}

#[test]
fn spans_of_statements() {
    let rows = [
        "! { c; } > f",
        "(d)",
        "{ (a); # x\n}",
        "(\n# foo\n a )",
        "( # foo\n a )",
        "f-b() { x; }",
        "[[ -f a && $b == c* ]]",
        "if a; then b; elif c; then d; else e; fi",
        "case x in a|b) c;; *) ;; esac",
        "time foo",
        "{ cat <<E\n}\nE\n}",
        "! ( ( a ) )",
        "while a; do b; done < <(c)",
        "for x in a b; do c; done",
        "2>&1 a >b",
        "{fd}>a b",
        "A=1 b \"$(c)\"",
        "export A=1 B=\"x y\" -p",
        "a && b || c",
        "a | b |& c",
        "exit 1",
    ];
    for text in rows {
        for after in ["", " ; x", " & x", " && x", "\nx"] {
            let text_after = format!("  {text}{after}");
            let list = parse(&text_after);
            let mut first = &list.statements[0];
            if let (" && x", Command::AndOr(steps)) = (after, &first.command) {
                first = &steps[0].statement;
            }
            let span = if text.starts_with("a &&") && after == " && x" { continue } else { first.span };
            assert_eq!(&text_after[span.range()], text, "{text_after}");
        }
    }
}

#[test]
fn separators() {
    let list = parse("a; b & c\nd # x\ne;");
    let found: Vec<_> = list.statements.iter().map(|one| (one.separator, one.separator_span.is_some())).collect();
    let expected = [
        (Separator::Semicolon, true),
        (Separator::Background, true),
        (Separator::Newline, false),
        (Separator::Newline, false),
        (Separator::Semicolon, true),
    ];
    assert_eq!(found, expected);
    assert_eq!(list.statements[0].separator_span, Some(Span::new(1, 2)));
    assert_eq!(parse("a").statements[0].separator, Separator::None);
    assert!(parse("a &! b").statements[1].negated);
}

#[test]
fn redirections() {
    let text = "a 2>&1 >>\"$f\" </dev/null 3>&- &>x <<<\"w $v\" >|y";
    let found: Vec<_> = statement(text).redirects;
    let kinds: Vec<_> = found.iter().map(|one| (one.fd, one.kind, parts(&one.target))).collect();
    let expected = [
        (Some(2), RedirectKind::DuplicateOutput, "1"),
        (None, RedirectKind::Append, "\"$f\""),
        (None, RedirectKind::Input, "/dev/null"),
        (Some(3), RedirectKind::DuplicateOutput, "-"),
        (None, RedirectKind::OutputAndError, "x"),
        (None, RedirectKind::HereString, "\"w \"+\"$v\""),
        (None, RedirectKind::Output, "y"),
    ];
    assert_eq!(kinds, expected.map(|(fd, kind, target)| (fd, kind, target.to_owned())));
    assert_eq!(&text[found[0].span.range()], "2>&1");
    assert_eq!(&text[found[1].span.range()], ">>\"$f\"");
}

#[test]
fn heredocs() {
    let text = "cat <<-E >f\n\ta $b\n\t\\$c\n\tE\ncat <<'X'\n\tq $b\nX\ncat <<N\nN\n";
    let list = parse(text);
    let target = |index: usize| &list.statements[index].redirects[0].target;
    assert_eq!(parts(target(0)), "\"a \"+\"$b\"+\"\n$c\n\"");
    assert_eq!(parts(target(1)), "'\tq $b\n'");
    assert_eq!(target(2).literal().unwrap(), "");
    assert_eq!(&text[list.statements[0].span.range()], "cat <<-E >f");
    assert_eq!(&text[target(1).parts[0].span.range()], "\tq $b\n");
}

#[test]
fn declarations_and_builtins() {
    let export = simple("A=0 export -x B=1 C D=\"$(e)\" \"$@\"");
    assert!(export.declaration);
    assert_eq!(export.assignments.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["A", "B", "C", "D"]);
    assert_eq!(export.words.iter().map(parts).collect::<Vec<_>>(), ["export", "-x", "\"$@\""]);
    let exit = simple("exit $x");
    assert_eq!(exit.words.iter().map(parts).collect::<Vec<_>>(), ["exit", "$x"]);
    assert_eq!(simple("[ -f x ]").words.len(), 4);
}

#[test]
fn spans_reach_through_continuations() {
    let file = "apt-get upd\\\n# note\nate && \\\n  cur\\\nl -f \"a\\\n$(b \\\n c)\"";
    let list = crate::shell::parse(&continued(file)).unwrap();
    let found: Vec<_> = invocations(&list).iter().map(|one| &file[one.simple.span.range()]).collect();
    assert_eq!(found, ["apt-get upd\\\n# note\nate", "cur\\\nl -f \"a\\\n$(b \\\n c)\"", "b \\\n c"]);
    let Command::AndOr(steps) = &list.statements[0].command else { panic!() };
    assert_eq!(steps[1].operator_span.map(|span| &file[span.range()]), Some("&&"));
}

/// The commands that scripts in arguments consist of, with the file's text at their spans.
fn scripts(text: &str) -> Vec<(String, bool)> {
    let list = crate::shell::parse(&continued(text)).unwrap();
    let found = invocations(&list);
    let inner = found.iter().filter_map(|one| Some((one, one.script()?)));
    inner.map(|(one, (_, script))| (text[one.simple.span.range()].to_owned(), script.verbatim)).collect()
}

#[test]
fn scripts_in_arguments() {
    #[rustfmt::skip]
    let rows: &[(&str, &[&str], bool)] = &[
        ("sh -c 'a b; c'", &["a b", "c"], true),
        ("bash -ec \"a b && c\"", &["a b", "c"], true),
        ("bash -c \"a \\\"b\\\"; c\"", &["a \\\"b\\\"", "c"], false),
        ("sudo -u me sh -xc 'a'", &["a"], true),
        ("bash -o pipefail -c 'a | b'", &["a", "b"], true),
        ("su - me -c 'a b'", &["a b"], true),
        ("su -c \"a\" me", &["a"], true),
        ("eval 'a b'", &["a b"], true),
        ("eval a b", &["a b"], true),
        ("eval a  b", &["a  b"], false),
        ("sh -c 'a \\\n b'", &["a \\\n b"], true),
        ("sh -c \"a $x\"", &[], true),
        ("sh script.sh", &[], true),
        ("sh -c 'sh -c \"a b\"'", &["sh -c \"a b\"", "a b"], true),
        ("sh -c 'if'", &[], true),
        ("grep sh -c x", &[], true),
        ("eval \"$x\"", &[], true),
    ];
    for &(text, expected, verbatim) in rows {
        let found = scripts(text);
        assert_eq!(found.iter().map(|(one, _)| one.as_str()).collect::<Vec<_>>(), expected, "{text}");
        assert!(found.iter().all(|&(_, one)| one == verbatim), "{text}");
    }
    let run = |text: &str| invocations(&parse(text)).iter().filter(|one| one.script().is_some()).count();
    assert_eq!(run("bash <<'E'\na\nb\nE\n"), 2);
    assert_eq!(run("bash -e <<E\na\n$b\nE\n"), 0);
    assert_eq!(run("sh -s x <<-E\n\ta\n\tE\n"), 1);
    assert_eq!(run("sh x.sh <<E\na\nE\n"), 0);
    assert_eq!(run("python <<E\na\nE\n"), 0);
}

#[test]
fn json_form() {
    let file = r#"["sh", "-c", "a b && c"] ["x"]"#;
    let words = vec![
        ("sh".to_owned(), Span::new(1, 5)),
        ("-c".to_owned(), Span::new(7, 11)),
        ("a b && c".to_owned(), Span::new(13, 23)),
    ];
    let list = exec_form(words, Span::new(0, 24));
    let found: Vec<_> = invocations(&list).iter().map(|one| &file[one.simple.span.range()]).collect();
    assert_eq!(found, [&file[..24], "a b", "c"]);
    let escaped =
        vec![("sh".into(), Span::new(0, 4)), ("-c".into(), Span::new(5, 9)), ("a \"b\"".into(), Span::new(10, 19))];
    let list = exec_form(escaped, Span::new(0, 19));
    assert_eq!(invocations(&list).last().unwrap().simple.span, Span::new(11, 18));
    assert!(exec_form(Vec::new(), Span::default()).statements.is_empty());
}

#[test]
fn bodies_that_are_not_clean() {
    for text in [
        "if a",
        "a &&",
        "echo \"x",
        "a | | b",
        "( a",
        "case x in",
        "$(",
        "a )",
        "fi",
        "echo ${x",
        "a &| b",
        "echo \"${x\" a",
        "i=( \u{7d0} @",
        "i=(a",
    ] {
        let error = crate::shell::parse(&joined(text)).unwrap_err();
        assert!(!error.message.is_empty() && error.span.end as usize <= text.len(), "{text}");
    }
    assert_eq!(parse("# nothing"), List::default());
    assert!(parse("").statements.is_empty());
}

#[test]
fn expansions_without_an_end_are_few() {
    let is_refused = |text: &str| crate::shell::parse(&joined(text)).is_err_and(|error| error.is_limit);
    let heredoc = |expansion: &str, count| format!("cat <<E\n{}\nE\n", expansion.repeat(count));
    for expansion in ["${x-a ", "$(( \"${x-a ", "${x-$(a ", "$(a # "] {
        // Each doubles what the parser does for the others.
        assert!(!is_refused(&heredoc(expansion, 2)) && is_refused(&heredoc(expansion, 60)), "{expansion}");
    }
    assert!(!is_refused(&heredoc("${x:-\"$(a '$(')\"} $((1 + 1)) ", 12)));
    assert!(!is_refused(&heredoc("${x-a ", 4).replace("<<E", "<<'E'")));
    // The parser may read what is in quotes or behind `#` once more, and not as quoted.
    for expansion in ["'${x-a '", "\"'$('\"", "$( # (\n $(\n)\n"] {
        assert!(!is_refused(&expansion.repeat(4)) && is_refused(&expansion.repeat(18)), "{expansion}");
    }
    // The same in commands, and behind a here-document whose end the parser may not find.
    for (start, expansion) in [("", "cp a${x/b\n"), ("cat <<\\\n", "cat <<'E' a${x/b.sh\n#!/bin/sh\n/c\n")] {
        let text = |count| format!("{start}{}", expansion.repeat(count));
        assert!(!is_refused(&text(4)) && is_refused(&text(18)), "{expansion}");
    }
}

#[test]
fn groups_without_an_end_are_few() {
    let is_refused = |text: &str| crate::shell::parse(&joined(text)).is_err_and(|error| error.is_limit);
    for group in ["@(", "?( ", "+(\n", "*(\")\"", "!([)]", "@(${y}", "@(\\)"] {
        let text = |count: usize| format!("echo \"${{x#{}}}\"", group.repeat(count));
        assert!(!is_refused(&text(4)) && is_refused(&text(5)) && is_refused(&text(60)), "{group}");
    }
    for closed in ["@(a|b)", "+([0-9])", "*([![:space:]])", "?(a*(b|c)\nd)", "$(a \"(\" ')')", "(a)"] {
        assert!(!is_refused(&format!("echo \"${{x#{}}}\"", closed.repeat(60))), "{closed}");
    }
    // What the parser takes for the patterns of a branch may be in quotes.
    let branch = |open: usize| format!("\"$(\"$(''(\"\"{}| {}\"", "(".repeat(open), "a ".repeat(300));
    for start in ["case $x in ", "case \"$(a; b)\" # c\n in # ' d\n", "case $x in a) b;;\n", "case $x in a) b ;;& \\\n"]
    {
        let text = |open| format!("{start}{})))\nb ;; esac", branch(open));
        assert!(!is_refused(&text(0)) && is_refused(&text(60)), "{start}");
    }
    // Of these only a search like the parser's tells that no pattern holds them.
    let many = "a \"$(b \"c\" 'd')\"; ( e \"f\" )\n".repeat(40);
    let others = [
        many.clone(),
        format!("# a case in point\ncase $x in a) {many};; b) c;; esac\n{many}"),
        format!("case $x in a) for y in $(b \"c\") $(b \"c\") $(b \"c\") $(b \"c\") $(b \"c\"); do {many} done;; esac"),
    ];
    for text in others {
        assert!(!is_refused(&text), "{text}");
    }
    assert!(is_refused(&format!("{} ((((((((", ";;".repeat(20_000))));
}

#[test]
fn nesting_is_bounded_on_a_small_stack() {
    let run = || {
        let pairs = [
            ("$(", ")"),
            ("echo $(", ")"),
            ("( ", " )"),
            ("((", "))"),
            ("{ ", "; }"),
            ("echo \"$(", ")\""),
            ("\"$(", ""),
            ("`", ""),
            ("${x:-", "}"),
            ("echo \"${x:-", "}\""),
            ("if a; then ", "; fi"),
            ("a && ", ""),
            ("a | ", ""),
            ("! ", ""),
            ("time ", ""),
            ("coproc ", ""),
            ("case x in a) ", ";; esac"),
            ("while a; do ", "; done"),
            ("f() { ", "; }"),
            ("cat <(", ")"),
            ("x=(", ")"),
            ("echo ${x/a/", "}"),
            ("[[ ( ", " ]]"),
            ("echo ${x:$((", "))}"),
            ("eval ", ""),
            ("sh -c '", "'"),
        ];
        for (open, close) in pairs {
            for depth in [8, 12, 16, 20, 40, 2_000] {
                let text = format!("{}a{}", open.repeat(depth), close.repeat(depth));
                // Refused or not: what counts is that it comes back.
                drop(crate::shell::parse(&joined(&text)));
            }
        }
        let deep = "echo $(".repeat(10_000);
        assert!(crate::shell::parse(&joined(&deep)).is_err());
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}
