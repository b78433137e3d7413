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
