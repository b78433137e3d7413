//! An image name that depends on a variable.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        for image_use in cx.model.image_uses() {
            let Some(variable) = variable(&image_use.written) else { continue };
            let finding = Finding::at(image_use.span).with("image", image_use.written.clone());
            let folded = cx.model.step(image_use.step).filter(|_| image_use.user == ImageUser::From);
            let folded = folded.and_then(|step| cx.model.fold(step, &image_use.written).known());
            // Blanks would be more words, a name that is empty none.
            let is_name = |name: &String| !name.is_empty() && !name.contains([' ', '$', '\t']);
            cx.report(match (folded.filter(is_name), image_use.user) {
                (Some(name), _) => finding.with("name", name.clone()).edit(image_use.span, name),
                (None, ImageUser::From) => finding.variant("unknown").with("variable", variable),
                // BuildKit fills in no variables there.
                (None, _) => finding.variant("copy").with("variable", variable),
            });
        }
    }
}

/// The first variable in a name, as it is written.
fn variable(name: &str) -> Option<&str> {
    let rest = name.get(name.find('$')?..)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = match rest.strip_prefix("${") {
        Some(inner) => inner.find('}')? + 3,
        None => rest.get(1..)?.find(|c| !is_name(c)).map_or(rest.len(), |end| end + 1),
    };
    rest.get(..end).filter(|text| text.len() > 1)
}
