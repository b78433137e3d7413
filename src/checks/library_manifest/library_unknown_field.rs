//! Fields that bashbrew does not know.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let fields = manifest.paragraphs.iter().flat_map(|it| it.fields.iter().map(move |field| (it, field)));
        for (paragraph, field) in fields {
            let name = field.name.text.as_str();
            if manifest::is_field(name) {
                continue;
            }
            let finding = Finding::at(field.name.span).with("name", name);
            cx.report(match manifest::nearest_field(name) {
                Some(known) => {
                    // Two of a name in a paragraph are another mistake.
                    let mut others = paragraph.fields.iter().filter(|other| other.name.span != field.name.span);
                    let is_alone = others.all(|other| {
                        let name = other.name.text.as_str();
                        name != known && manifest::nearest_field(name).as_ref() != Some(&known)
                    });
                    let finding = finding.variant("misspelled").with("known", known.clone());
                    finding.edit(field.name.span, known).fix_if(is_alone)
                }
                None => finding,
            });
        }
    }
}
