//! Versions that the build asks for.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for lookup in cx.model.lookups() {
            let asked =
                cx.text(lookup.span).split_whitespace().filter(|word| *word != "\\").collect::<Vec<_>>().join(" ");
            let finding = Finding::at(lookup.span).with("asked", asked.trim_matches(['"', '\'']).to_owned());
            cx.report(match lookup.variable {
                Some(variable) if variable.to_ascii_lowercase().contains("ver") => {
                    finding.variant("variable").with("variable", variable)
                }
                _ => finding,
            });
        }
    }
}
