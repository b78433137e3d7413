//! Variables that are not set where they are used.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for stage in &cx.model.dispatch().stages {
            for dispatched in
                stage.instructions.iter().filter(|it| it.words.iter().any(|word| !word.undefined.is_empty()))
            {
                if !cx.runs_build_check(dispatched.commented(cx.model)) {
                    continue;
                }
                for undefined in dispatched.words.iter().flat_map(|word| &word.undefined) {
                    let finding =
                        Finding::at(dispatched.place(cx.model, undefined.span)).with("name", undefined.name.as_str());
                    cx.report(match &undefined.suggestion {
                        Some(suggestion) if undefined.has_default => {
                            finding.variant("with-default-misspelled").with("suggestion", suggestion.as_str())
                        }
                        None if undefined.has_default => finding.variant("with-default"),
                        _ if undefined.is_own => finding.variant("own"),
                        Some(suggestion) => finding.variant("misspelled").with("suggestion", suggestion.as_str()),
                        None => finding,
                    });
                }
            }
        }
    }
}
