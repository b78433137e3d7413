//! Lines of a manifest that bashbrew refuses to read.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        for error in &manifest.errors {
            let finding = Finding::at(error.span).with("text", cx.text(error.span));
            let line = cx.model.source.line_span(cx.model.source.line_of(error.span.start));
            cx.report(match error.kind {
                ManifestErrorKind::NoColon => match field_of(cx.text(error.span)) {
                    Some((name, is_whole)) => {
                        let end = Span::empty(error.span.start + name.len() as u32);
                        let title = format!("write `{name}:`");
                        // A field that stands there already is not to come twice.
                        let own = manifest.paragraphs.iter().find(|paragraph| paragraph.broken.contains(&error.span));
                        let is_free = own.is_none_or(|paragraph| paragraph.field(name).is_none());
                        let finding = finding.variant("colon").with("name", name);
                        finding.edit(end, ":").title(title).fix_if(is_whole && is_free)
                    }
                    None => finding,
                },
                ManifestErrorKind::NothingToContinue => finding.variant("continuation"),
                ManifestErrorKind::BehindBlankLine => finding.variant("behind-blank-line"),
                ManifestErrorKind::Unindented => finding
                    .variant("unindented")
                    .edit(Span::new(line.start, error.span.start), " ")
                    .title("begin the line with a blank"),
                ManifestErrorKind::Indented(blanks) => finding.variant("indented").edit(blanks, ""),
                ManifestErrorKind::Duplicate(first) => finding.variant("duplicate").label(first, "first"),
                ManifestErrorKind::NoBlankLine => finding
                    .variant("no-blank-line")
                    .edit(Span::empty(error.span.start), "\n")
                    .title("leave a blank line above it"),
                ManifestErrorKind::Continued(name) => {
                    finding.variant("continued").with("name", cx.text(name)).label(name, "field")
                }
                ManifestErrorKind::Blanks { ends, is_odd } => {
                    let finding = finding.variant(if is_odd { "odd-blanks" } else { "blanks" });
                    finding.edit(if ends { error.span } else { line }, "")
                }
                ManifestErrorKind::BlanksInValue(name) => {
                    finding.variant("blanks-in-value").with("name", cx.text(name)).label(name, "field").edit(line, "")
                }
                ManifestErrorKind::ByteOrderMark => finding.variant("byte-order-mark").edit(error.span, ""),
                ManifestErrorKind::Empty => finding.variant("empty"),
                // Those are of other rules.
                ManifestErrorKind::GlobalTags | ManifestErrorKind::TornOff => continue,
            });
        }
    }
}

/// The field that a line without a colon begins with, and whether its value follows.
fn field_of(line: &str) -> Option<(&str, bool)> {
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(line.len());
    let (name, value) = line.split_at_checked(end)?;
    let is_value = value.starts_with([' ', '\t']) && !value.trim_start().starts_with(['=', ';', ',', '-']);
    manifest::is_field(name).then_some((name, is_value))
}
