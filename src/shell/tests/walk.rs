use super::parse;
use crate::shell::{Frame, Invocation, invocations};

/// Asks about the command whose name is `x`.
fn ask<T>(text: &str, question: impl Fn(&Invocation<'_>) -> T) -> T {
    let list = parse(text);
    let found = invocations(&list);
    question(found.iter().find(|one| one.simple.words.first().is_some_and(|word| word.is("x"))).unwrap())
}

#[test]
fn all_commands_in_source_order() {
    #[rustfmt::skip]
    let rows = [
        ("a; b && c || d | e &", "a b c d e"),
        ("if a; then b; elif c; then d; else e; fi", "a b c d e"),
        ("for i in $(a); do b; done", "a b"),
        ("while a; do b; done < <(c)", "a b c"),
        ("case $(a) in x) b;; y) c;; esac", "a b c"),
        ("f() { a; }; f", "a f"),
        ("a \"$(b)\" `c` ${x:-$(d)}", "a b c d"),
        ("X=$(a) Y=(b $(c)) d", "d a c"),
        ("export X=\"$(a)\"", "export a"),
        ("X=$(a)", "- a"),
        ("a > \"$(b)\" <<E\n$(c)\nE\n", "a b c"),
        ("a <<'E'\n$(c)\nE\n", "a"),
        ("[[ -n $(a) && $(b) == c ]] && d", "a b d"),
        ("{ a; (b); }", "a b"),
        ("time a; coproc b", "a b"),
        ("echo $((1 + $(a)))", "echo a"),
        ("sh -c 'a $(b)'; c", "sh a b c"),
        ("a <<< \"$(b)\"", "a b"),
        ("! a", "a"),
        ("for ((i=0; i<3; i++)); do a; done", "a"),
        ("a $(b $(c))", "a b c"),
        ("select i in a; do b; done", "b"),
        ("${x//a/$(b)}", "% b"),
    ];
    for (text, expected) in rows {
        let list = parse(text);
        let names: Vec<_> = invocations(&list)
            .iter()
            .map(|one| {
                one.simple.words.first().map_or("-".into(), |word| word.literal().unwrap_or("%".into()).into_owned())
            })
            .collect();
        assert_eq!(names.join(" "), expected, "{text}");
    }
}

#[test]
fn failures_that_are_ignored() {
    #[rustfmt::skip]
    let rows = [
        ("x", false),
        ("a; x; b", false),
        ("x || true", true),
        ("x || :", true),
        ("a && x || true", true),
        ("x && a || true", true),
        ("x || exit 1", false),
        ("x || { echo; exit 1; }", false),
        ("x || exit 0", true),
        ("x && a", false),
        ("a || x", false),
        ("! x", true),
        ("x | a", true),
        ("a | x", false),
        ("{ x; } | a", true),
        ("if x; then a; fi", true),
        ("if a; then x; fi", false),
        ("while x; do a; done", true),
        ("until a; do x; done", false),
        ("x &", true),
        ("(a; x) || true", true),
        ("A=$(x)", false),
        ("A=$(x) b", true),
        ("export A=$(x)", true),
        ("echo $(x)", true),
        ("a < <(x)", true),
        ("f() { x; } || true", false),
        ("sh -c 'x' || true", true),
        ("sh -c 'x || true'", true),
        ("sh -c 'x'", false),
    ];
    for (text, expected) in rows {
        assert_eq!(ask(text, |one| one.failure_is_ignored()), expected, "{text}");
    }
}

#[test]
fn contexts() {
    assert!(ask("if a; x; then b; fi", |one| one.in_condition()));
    assert!(ask("while ! x; do b; done", |one| one.in_condition()));
    assert!(!ask("if a \"$(x)\"; then b; fi", |one| one.in_condition()));
    assert!(!ask("if a; then x; fi", |one| one.in_condition()));
    assert_eq!(ask("a | x | b", |one| one.pipeline().map(|(stages, index)| (stages.len(), index))), Some((3, 1)));
    assert_eq!(ask("a | b $(x)", |one| one.pipeline().map(|(_, index)| index)), None);
    assert_eq!(ask("a && x", |one| one.and_or().map(|(steps, index)| (steps.len(), index))), Some((2, 1)));
    assert_eq!(
        ask("a; { b; c; x; }", |one| one.list().map(|(list, index)| (list.statements.len(), index))),
        Some((3, 2))
    );
    let words = |name: &'static str| {
        move |one: &Invocation<'_>| {
            one.loop_words(name).map(|words| words.iter().map(|word| word.is("a")).collect::<Vec<_>>())
        }
    };
    assert_eq!(ask("for i in a b; do for j in c; do x; done; done", words("i")), Some(vec![true, false]));
    assert_eq!(ask("for i in a b; do x; done", words("j")), None);
    assert_eq!(ask("for i; do x; done", words("i")), None);
    let patterns = |one: &Invocation<'_>| one.arms().map(|(_, arm)| arm.patterns.join("|")).collect::<Vec<_>>();
    assert_eq!(ask("case $a in b|\"c\") case d in *e) x;; esac;; esac", patterns), ["*e", "b|c"]);
    assert_eq!(ask("case $a in '*') x;; esac", patterns), ["'*'"]);
    let holder = |one: &Invocation<'_>| {
        let place = *one.substitution().unwrap();
        (place.command.is_some(), place.assignment.map(|one| one.name.clone()), place.redirect.is_some(), place.process)
    };
    assert_eq!(ask("A=\"a$(x)\"", holder), (true, Some("A".to_owned()), false, false));
    assert_eq!(ask("b <(x)", holder), (true, None, false, true));
    assert_eq!(ask("b > $(x)", holder), (true, None, true, false));
    assert_eq!(ask("for i in $(x); do b; done", holder), (false, None, false, false));
    assert_eq!(ask("f-g() { x; }", |one| one.function().map(|one| one.name.clone())), Some("f-g".to_owned()));
    assert!(ask("{ a; x; } &", |one| one.in_background()));
    assert!(!ask("a & x", |one| one.in_background()));
    assert!(ask("(a; x)", |one| one.in_subshell()));
    assert!(!ask("a; x", |one| one.in_subshell()));
    assert!(ask("a || x", |one| one.is_conditional()));
    assert!(ask("if a; then b; else x; fi", |one| one.is_conditional()));
    assert!(!ask("if x; then b; fi && a", |one| one.is_conditional()));
    assert!(!ask("a && x", |one| one.is_conditional()));
    assert!(ask("x", |one| one.frames.len() == 1 && matches!(one.frames[0], Frame::List { index: 0, .. })));
    assert!(ask("sh -c 'x'", |one| one.script().is_some_and(|(shell, _)| shell.words[0].is("sh"))));
}
