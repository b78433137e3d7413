//! Entries that are one image.

use std::collections::HashSet;

use manifest::LineKind;

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn manifest(&mut self, manifest: &Manifest, cx: &mut Context<'_, '_>) {
        let source = cx.model.source;
        let entries: Vec<Entry<'_>> = manifest.entries().collect();
        let tags: Vec<Vec<Item>> = entries.iter().map(|entry| entry.tags(source)).collect();
        let mut taken: HashSet<&str> = HashSet::new();
        for (index, image) in manifest.merged(source).into_iter().enumerate() {
            let (Some(kept), Some(dropped)) = (entries.get(image), entries.get(index)) else { continue };
            let (Some(before), Some(own)) = (tags.get(image), tags.get(index)) else { continue };
            // An entry that stands there twice is library-duplicate-tag's.
            let is_duplicate = own.iter().filter(|tag| !taken.insert(tag.text.as_str())).count() > 0;
            let (Some(first), Some(last), Some(tag)) = (before.first(), before.last(), own.first()) else { continue };
            if image == index || is_duplicate {
                continue;
            }
            let joined = own.iter().map(|tag| tag.text.as_str()).collect::<Vec<_>>().join(", ");
            let mut finding = Finding::at(tag.span)
                .with("tag", tag.text.as_str())
                .with("first", first.text.as_str())
                .with("list", joined.clone())
                .label(first.span, "first");
            let is_same = |name: &str| {
                let value = |entry: &Entry<'_>| entry.field(name).map(|field| field.value(source).text);
                value(kept) == value(dropped)
            };
            // Entries that were put together from what is wrong in the file are left alone.
            if manifest.errors.is_empty()
                && let Some(mut lines) = lines_of(dropped.own, manifest)
            {
                // The last line of a file without a line ending at its end.
                if !cx.text(lines).ends_with('\n') {
                    let before = cx.text(Span::new(0, lines.start));
                    lines.start = before.trim_end_matches(['\r', '\n']).len() as u32;
                }
                finding = finding.edit(Span::empty(last.span.end), format!(", {joined}")).edit(lines, "");
            }
            let is_plain = !last.text.is_empty() && own.iter().all(|tag| manifest::is_tag(&tag.text));
            cx.report(finding.fix_if(is_plain && is_same("SharedTags") && is_same("Maintainers")));
        }
    }
}

/// The lines of a paragraph with the blank ones below, or above where it is the last; none where a comment or a mistake
/// stands among them.
fn lines_of(paragraph: &Paragraph, manifest: &Manifest) -> Option<Span> {
    let start = paragraph.fields.first()?.name.span.start;
    let from = manifest.lines.partition_point(|line| line.span.end <= start);
    let (above, below) = manifest.lines.split_at_checked(from)?;
    let is_field = |kind: LineKind| matches!(kind, LineKind::Field | LineKind::Continuation);
    let fields = below.iter().take_while(|line| is_field(line.kind)).count();
    let blank = below.iter().skip(fields).take_while(|line| line.kind == LineKind::Blank).count();
    let blank_above = above.iter().rev().take_while(|line| line.kind == LineKind::Blank).count();
    if blank_above == 0 || (blank == 0 && fields < below.len()) {
        return None;
    }
    let is_last = fields + blank == below.len();
    let from = if is_last { from - blank_above } else { from };
    let lines = manifest.lines.get(from..above.len() + fields + blank)?;
    lines.iter().map(|line| line.span).reduce(Span::to)
}
