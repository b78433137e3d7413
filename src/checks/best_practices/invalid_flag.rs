//! Flags that an instruction does not have, and values that a flag cannot have.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let mut refused = Vec::new();
        for (step, error) in cx.model.errors_about(Concern::Flag) {
            refused.push(step.index);
            flag(step, error.span, &error.kind, cx);
        }
        for step in &cx.model.steps {
            if refused.binary_search(&step.index).is_err() {
                later(step, cx);
            }
        }
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn flag(step: &Step<'_>, span: Span, kind: &InstructionErrorKind, cx: &mut Context<'_, '_>) {
    use InstructionErrorKind as Kind;
    let keyword = step.keyword();
    let finding = Finding::at(span).with("keyword", keyword.as_str());
    cx.report(match kind {
        // Another frontend may have flags of its own.
        Kind::UnknownFlag { .. } if cx.model.has_foreign_frontend() => return,
        Kind::UnknownFlag { flag, suggestion } => {
            let known: Vec<String> =
                instructions::known_flags(keyword).iter().map(|flag| format!("`--{flag}`")).collect();
            let finding = finding.with("flag", flag.as_str());
            match &suggestion.0 {
                Some(suggestion) => finding.with("suggestion", suggestion.as_str()),
                None if known.is_empty() => finding.variant("takes-none"),
                None => finding.variant("unknown").with("known", known.join(", ")),
            }
        }
        Kind::DuplicateFlag(flag) => finding.variant("duplicate").with("flag", flag.as_str()),
        Kind::MissingFlagValue(flag) => finding.variant("no-value").with("flag", flag.as_str()),
        Kind::InvalidBoolean { flag, value } => {
            finding.variant("boolean").with("flag", flag.as_str()).with("value", value.as_str())
        }
        Kind::Csv { error, .. } => finding.variant("csv").with("error", error.to_string()),
        Kind::MountFromVariable => finding.variant("mount-from"),
        Kind::Network(value) => finding
            .variant("mode")
            .with("value", value.as_str())
            .with("flag", "network")
            .with("known", listed(&["default", "none", "host"])),
        Kind::Security(value) => finding
            .variant("mode")
            .with("value", value.as_str())
            .with("flag", "security")
            .with("known", listed(&["insecure", "sandbox"])),
        other => finding.variant("device").with("error", other.to_string()),
    });
}

/// What BuildKit looks at when the variables are filled in.
fn later(step: &Step<'_>, cx: &mut Context<'_, '_>) {
    let values = |name: &'static str| {
        let flags = step.instruction.flags.iter().filter(move |flag| flag.name.text == name);
        flags.filter_map(|flag| flag.value.as_ref())
    };
    match step.keyword() {
        Keyword::Copy => {
            for value in values("from").filter(|value| value.text.contains('$')) {
                cx.report(Finding::at(value.span).variant("copy-from"));
            }
        }
        Keyword::Run if !cx.model.has_foreign_frontend() => {
            for (error, span) in values("mount").filter_map(mounts::error) {
                let finding = Finding::at(span);
                cx.report(match error {
                    MountErrorKind::NotAPair(field) => finding.variant("mount-pair").with("field", field),
                    MountErrorKind::Type(value) => choice(finding, "type", value, &mounts::TYPES),
                    MountErrorKind::Sharing(value) => choice(finding, "sharing", value, &mounts::SHARING),
                    MountErrorKind::Key(key) => {
                        let known = mounts::KEYS.map(|(key, _)| key);
                        let finding = finding.variant("mount-key").with("known", listed(&known));
                        let suggestion = instructions::suggest(&key, &known, true);
                        match suggestion {
                            Some(suggestion) => {
                                finding.variant("mount-key-suggested").with("key", key).with("suggestion", suggestion)
                            }
                            None => finding.with("key", key),
                        }
                    }
                    MountErrorKind::KeyOfOtherType { key, kind } => {
                        let types =
                            mounts::KEYS.iter().find(|(known, _)| *known == key).map_or(&[] as &[_], |key| key.1);
                        let finding = finding.variant("mount-key-type").with("known", listed(types));
                        finding.with("key", key).with("type", kind)
                    }
                });
            }
        }
        _ => {}
    }
}

fn choice<'t>(finding: Finding<'t>, key: &'static str, value: String, known: &[&str]) -> Finding<'t> {
    finding.variant("mount-value").with("key", key).with("value", value).with("known", listed(known))
}
