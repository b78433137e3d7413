//! The parser against BuildKit's recorded answers, and against the `dockerfile-parser` crate where that understands a file.
#![allow(clippy::unwrap_used, clippy::panic)]

use oi_lint::dockerfile::{self, dump};
use oi_lint::source::Source;
use serde_json::Value;

fn source(text: &str) -> Source {
    Source::new(text.as_bytes().to_vec()).unwrap()
}

/// Long lines stand as `<x*COUNT>` in the file.
fn expanded(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(expanded_text(text)),
        Value::Array(values) => values.iter().map(expanded).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), expanded(value))).collect(),
        other => other.clone(),
    }
}

fn expanded_text(text: &str) -> String {
    let Some((before, rest)) = text.split_once("<x*") else { return text.to_owned() };
    let (count, behind) = rest.split_once('>').unwrap();
    format!("{before}{}{behind}", "x".repeat(count.parse().unwrap()))
}

/// BuildKit records no byte spans.
fn without_spans(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(without_spans),
        Value::Object(map) => {
            map.remove("spans");
            map.remove("span");
            map.remove("recovered");
            map.values_mut().for_each(without_spans);
        }
        _ => {}
    }
}

#[test]
fn answers_as_buildkit_does() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("golden/buildkit.json")).unwrap();
    assert_eq!(cases.len(), 73);
    let mut failures = Vec::new();
    for case in &cases {
        let source = source(&expanded_text(case["source"].as_str().unwrap()));
        let mut answer = serde_json::to_value(dump::dump(&dockerfile::parse(&source), &source)).unwrap();
        without_spans(&mut answer);
        let expected = expanded(&case["buildkit"]);
        for (key, value) in expected.as_object().unwrap() {
            if answer.get(key).unwrap_or(&Value::Null) != value {
                failures.push(format!("{}: {key}\n  expected {value}\n  found    {}", case["name"], answer[key]));
            }
        }
    }
    assert!(failures.is_empty(), "{} differences\n{}", failures.len(), failures.join("\n"));
}

/// What both parsers tell of an instruction: its place, its keyword, and the words that it is about.
type Seen = (usize, String, Vec<String>);

/// `dockerfile-parser`'s answer, where it understands the file.
fn other_parser(text: &str) -> Option<Vec<Seen>> {
    use dockerfile_parser::{Dockerfile, Instruction};
    let file = Dockerfile::parse(text).ok()?;
    let exec = |words: Option<Vec<&str>>| words.unwrap_or_default().into_iter().map(str::to_owned).collect();
    let see = |instruction: &Instruction| match instruction {
        Instruction::From(from) => {
            let words = std::iter::once(&from.image).chain(&from.alias).map(|word| word.content.clone());
            (from.span.start, "FROM".to_owned(), words.collect())
        }
        Instruction::Arg(arg) => (arg.span.start, "ARG".to_owned(), vec![arg.name.content.clone()]),
        Instruction::Label(label) => (label.span.start, "LABEL".to_owned(), Vec::new()),
        Instruction::Run(run) => {
            (run.span.start, "RUN".to_owned(), exec(run.as_exec().map(|array| array.as_str_vec())))
        }
        Instruction::Cmd(cmd) => {
            (cmd.span.start, "CMD".to_owned(), exec(cmd.as_exec().map(|array| array.as_str_vec())))
        }
        Instruction::Entrypoint(entrypoint) => {
            let words = exec(entrypoint.as_exec().map(|array| array.as_str_vec()));
            (entrypoint.span.start, "ENTRYPOINT".to_owned(), words)
        }
        Instruction::Copy(copy) => {
            let words = copy.sources.iter().chain([&copy.destination]).map(|word| word.content.clone());
            (copy.span.start, "COPY".to_owned(), words.collect())
        }
        Instruction::Env(env) => {
            let keys = env.vars.iter().map(|var| var.key.content.clone());
            (env.span.start, "ENV".to_owned(), keys.collect())
        }
        Instruction::Misc(misc) => (misc.span.start, misc.instruction.content.to_uppercase(), Vec::new()),
    };
    Some(file.instructions.iter().map(see).collect())
}

fn our_parser(file: &dockerfile::ast::Dockerfile) -> Vec<Seen> {
    use dockerfile::ast::{Args, Keyword};
    let see = |instruction: &dockerfile::ast::Instruction| {
        let texts = |words: &[dockerfile::ast::Word]| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
        let words = match (instruction.keyword, &instruction.args) {
            (Keyword::From, Args::Words(words)) => texts(words).into_iter().step_by(2).collect(),
            (Keyword::Arg, Args::Words(words)) => {
                vec![words[0].text.split('=').next().unwrap_or_default().to_owned()]
            }
            (Keyword::Copy, Args::Words(words))
            | (Keyword::Run | Keyword::Cmd | Keyword::Entrypoint, Args::Json(words)) => texts(words),
            (Keyword::Env, Args::Pairs(pairs)) => pairs.iter().map(|pair| pair.key.text.clone()).collect(),
            _ => Vec::new(),
        };
        (instruction.span.start as usize, instruction.name.text.to_uppercase(), words)
    };
    file.instructions.iter().map(see).collect()
}

/// Files of our own: the fixtures and the examples of the rules.
fn own_files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new("fixtures/good").into_iter().chain(walkdir::WalkDir::new("fixtures/bad")) {
        let path = entry.unwrap().into_path();
        if path.file_name().is_some_and(|name| name == "Dockerfile") {
            files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    let rulebook = oi_lint::rulebook::Rulebook::builtin();
    for rule in rulebook.rules() {
        let examples = rule.examples.read();
        let is_one = |text: &str| rule.subject_of(text) == oi_lint::rulebook::Subject::Dockerfile;
        let all = examples.bad.iter().chain(&examples.good);
        for (index, example) in all.filter(|example| is_one(&example.dockerfile)).enumerate() {
            files.push((format!("{} {index}", rule.name), example.dockerfile.clone().into_owned()));
        }
    }
    files
}

#[test]
fn agrees_with_dockerfile_parser() {
    let (mut compared, mut differences) = (0, Vec::new());
    for (name, text) in own_files() {
        let source = source(&text);
        let file = dockerfile::parse(&source);
        // It knows neither here-documents nor the escape directive, gives the JSON form of COPY as text, takes one name
        // for ARG, keeps the flags of RUN in its command and a flag without a value in COPY, ends an instruction at an
        // empty line, takes an array in single quotes or with a trailing comma for JSON, and no placeholder for an image.
        let beyond = file.instructions.iter().any(|instruction| {
            use dockerfile::ast::{Args, Keyword};
            let is = |keyword| instruction.keyword == keyword;
            let words = match &instruction.args {
                Args::Words(words) => words.len(),
                Args::Text(word) if word.text.starts_with('[') => return true,
                _ => 0,
            };
            !instruction.heredocs.is_empty()
                || !instruction.empty_lines.is_empty()
                || (is(Keyword::Copy) && (words < 2 || instruction.flags.iter().any(|flag| flag.value.is_none())))
                || (is(Keyword::Arg) && words != 1)
                || (is(Keyword::From) && matches!(&instruction.args, Args::Words(words) if words.iter().any(|word| word.text.starts_with('%'))))
                || (is(Keyword::Run) && !instruction.flags.is_empty())
        });
        if beyond || file.escape != '\\' || !file.errors.is_empty() {
            continue;
        }
        let Some(expected) = other_parser(&text) else { continue };
        let ours = our_parser(&file);
        if ours != expected {
            differences.push(format!("{name}\n  ours   {ours:?}\n  theirs {expected:?}"));
        }
        compared += 1;
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(compared > 40, "only {compared} files were understood");
}

/// The parts of a file's instructions as the file has them: keyword, flags, arguments.
fn spans(text: &str) -> Vec<Vec<String>> {
    let source = source(text);
    let file = dockerfile::parse(&source);
    let answer = serde_json::to_value(dump::dump(&file, &source)).unwrap();
    let nodes = answer["nodes"].as_array().unwrap();
    let slice = |span: &Value| {
        let at = |index: usize| usize::try_from(span[index].as_u64().unwrap()).unwrap();
        source.text()[at(0)..at(1)].to_owned()
    };
    nodes
        .iter()
        .map(|node| {
            let spans = &node["spans"];
            let lists = [&spans["flags"], &spans["args"]].map(|list| list.as_array().unwrap().clone());
            std::iter::once(slice(&spans["kw"])).chain(lists.concat().iter().map(slice)).collect()
        })
        .collect()
}

#[test]
fn spans_reach_over_continuations() {
    for (text, expected) in [
        ("FROM a\\\nb AS c\n", &["FROM", "a\\\nb", "AS", "c"] as &[&str]),
        ("\u{FEFF}from  a\n", &["from", "a"]),
        ("COPY --from=a \\\n  # why\n\n  --chown=b:c \\\n x /y\n", &["COPY", "--from=a", "--chown=b:c", "x", "/y"]),
        ("ENV A=\"1 \\\n 2\" \\\n  B=é\n", &["ENV", "A", "\"1 \\\n 2\"", "B", "é"]),
        ("ENV A  b c \n", &["ENV", "A", "b c"]),
        ("LABEL a=b\r\n", &["LABEL", "a", "b"]),
        ("CMD [ \"a\\n\", \\\n \"b c\" ]\n", &["CMD", "\"a\\n\"", "\"b c\""]),
        ("# escape=`\nRUN a `\n  b\n", &["RUN", "a `\n  b"]),
        ("HEALTHCHECK --retries=2 CMD [\"t\"]\n", &["HEALTHCHECK", "--retries=2", "CMD", "\"t\""]),
        ("RUN <<EOF cat\nx\nEOF\n", &["RUN", "<<EOF cat"]),
        ("ARG A B=\"c d\"\n", &["ARG", "A", "B=\"c d\""]),
    ] {
        assert_eq!(spans(text), [expected], "{text}");
    }
}

#[test]
fn heredoc_bodies_have_spans() {
    let text = "FROM a\nCOPY <<-A <<B /x/\n\tone\n\tA\ntwo\nB\n";
    let source = source(text);
    let file = dockerfile::parse(&source);
    let seen: Vec<_> = file.instructions[1]
        .heredocs
        .iter()
        .map(|heredoc| [heredoc.operator, heredoc.body, heredoc.terminator].map(|span| source.slice(span)))
        .collect();
    assert_eq!(seen, [["<<-A", "\tone\n", "\tA"], ["<<B", "two\n", "B"]]);
}

#[test]
fn the_frontend_is_named_in_three_ways() {
    for (text, expected) in [
        ("# syntax=docker/dockerfile:1 x\nFROM a\n", Some("docker/dockerfile:1")),
        ("#!/bin/x\n# syntax=b\nFROM a\n", Some("b")),
        ("// syntax = c\nFROM a\n", Some("c")),
        ("{\n  \"syntax\": \"d\"\n}\n", Some("d")),
        ("# check=skip=all\n# SYNTAX=e\nFROM a\n", Some("e")),
        ("\n# syntax=f\nFROM a\n", None),
        ("# hello\n# syntax=g\nFROM a\n", None),
        ("{\"syntax\": 1}\n", None),
        ("FROM a\n", None),
    ] {
        let source = source(text);
        let syntax = dockerfile::parse(&source).syntax;
        assert_eq!(syntax.as_ref().map(|word| word.text.as_str()), expected, "{text}");
        assert_eq!(syntax.map(|word| source.slice(word.span).to_owned()).as_deref(), expected, "{text}");
    }
}

#[test]
fn errors_do_not_end_the_parse() {
    let text = "# escape=x\nFROM a\nENV A\nCMD [\"a\", 1]\nLABEL a=b c d\nUSER u\nRUN <<EOF\nx\n";
    let source = source(text);
    let file = dockerfile::parse(&source);
    let errors: Vec<_> = file.errors.iter().map(|error| source.slice(error.span)).collect();
    assert_eq!(errors, ["# escape=x", "A", "[\"a\", 1]", "c", "<<EOF"]);
    let keywords: Vec<_> = file.instructions.iter().map(|instruction| instruction.keyword.as_str()).collect();
    assert_eq!(keywords, ["FROM", "ENV", "CMD", "LABEL", "USER", "RUN"]);
}
