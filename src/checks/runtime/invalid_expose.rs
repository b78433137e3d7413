//! EXPOSE with something else than ports.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// Why a text is no port.
enum Flaw {
    Mapping,
    List,
    Protocol,
    Casing,
    Range,
    Reversed,
    Word,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Expose)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Some(expose) = views::Expose::of(step.instruction) else { return };
        // What a template leaves to be filled in cannot be known.
        if expose.ports.iter().any(|word| word.text.contains("{{")) {
            return;
        }
        let all = expose.ports.iter().map(|word| word.span).reduce(Span::to);
        if let (Some(first), Some(all)) = (expose.ports.first().filter(|word| word.text.starts_with('[')), all) {
            let ports: Vec<&str> = cx.text(all).split(|c: char| !c.is_ascii_alphanumeric() && c != '/').collect();
            let ports = ports.into_iter().filter(|port| !port.is_empty()).collect::<Vec<_>>().join(" ");
            cx.report(Finding::at(all).variant("json").with("word", first.text.clone()).with("ports", ports));
            return;
        }
        for word in expose.ports {
            if let (true, Some(all)) = (word.text.starts_with('#'), all) {
                // The rest of the line was meant as a comment.
                cx.report(Finding::at(Span::new(word.span.start, all.end)).variant("comment"));
                return;
            }
            let Folded::Known(text) = cx.model.fold(step, &word.text) else { continue };
            let as_written = cx.text(word.span) == text;
            for port in text.split_whitespace() {
                let Some(flaw) = flaw(port) else { continue };
                let finding = Finding::at(word.span).with("port", port.to_owned());
                cx.report(match flaw {
                    Flaw::Mapping => {
                        let container = port.rsplit(':').next().unwrap_or_default().to_owned();
                        finding.variant("mapping").with("container", container)
                    }
                    Flaw::List => {
                        let ports = pieces(port).collect::<Vec<_>>().join(" ");
                        finding.variant("list").with("ports", ports.clone()).edit(word.span, ports).fix_if(as_written)
                    }
                    Flaw::Casing => {
                        let lower = port.to_ascii_lowercase();
                        finding.variant("casing").with("ports", lower.clone()).edit(word.span, lower).fix_if(as_written)
                    }
                    Flaw::Protocol => {
                        let (number, protocol) = port.rsplit_once('/').unwrap_or_default();
                        let (number, protocol) = (number.to_owned(), protocol.to_owned());
                        finding.variant("protocol").with("number", number).with("protocol", protocol)
                    }
                    Flaw::Range => finding.variant("range"),
                    Flaw::Reversed => finding.variant("reversed"),
                    Flaw::Word => finding,
                });
            }
        }
    }
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';']).filter(|piece| !piece.is_empty())
}

/// Reads `port[-port][/protocol]` as BuildKit does (go-connections, `nat.ParsePortSpec`).
fn flaw(text: &str) -> Option<Flaw> {
    if text.contains([',', ';']) && pieces(text).next().is_some() && pieces(text).all(|piece| flaw(piece).is_none()) {
        return Some(Flaw::List);
    }
    let (ports, protocol) = text.rsplit_once('/').unwrap_or((text, "tcp"));
    if ports.contains(':') {
        return Some(Flaw::Mapping);
    }
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than a number can have are a number that is too big.
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let (Some(first), Some(last)) = (number(first), number(last)) else { return Some(Flaw::Word) };
    let is_port = |number: u64| (1..=65_535).contains(&number);
    if !is_port(first) || !is_port(last) {
        return Some(Flaw::Range);
    }
    if first > last {
        return Some(Flaw::Reversed);
    }
    match protocol {
        "tcp" | "udp" | "sctp" => None,
        _ if ["tcp", "udp", "sctp"].iter().any(|known| known.eq_ignore_ascii_case(protocol)) => Some(Flaw::Casing),
        _ => Some(Flaw::Protocol),
    }
}
