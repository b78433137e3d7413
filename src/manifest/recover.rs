//! What was meant where a blank line stands in a wrong place, so that rules see entries and one mistake is told once.

use std::collections::{HashMap, HashSet};

use super::{Field, Manifest, ManifestError, ManifestErrorKind, Paragraph, is_field};
use crate::source::Span;

/// What a torn first paragraph may go on with; all else is an entry that lacks its tags.
const OF_ALL: [&str; 6] = ["Maintainers", "Architectures", "GitRepo", "GitFetch", "GitCommit", "Builder"];

/// Sets the paragraphs right, and tells which fields stand twice in one.
pub(super) fn recover(manifest: &mut Manifest) {
    let errors = &mut manifest.errors;
    let mut found: Vec<(Paragraph, HashMap<String, Span>)> = Vec::new();
    for (index, paragraph) in std::mem::take(&mut manifest.paragraphs).into_iter().enumerate() {
        for part in split(paragraph, index == 0, errors) {
            let names = names(&part, errors);
            let is_first = found.len() == 1;
            match (found.last_mut(), part.fields.first()) {
                (Some((above, known)), Some(first)) if is_torn_off(&part, &names, above, known, is_first) => {
                    errors.push(ManifestError { kind: ManifestErrorKind::TornOff, span: first.name.span });
                    above.fields.extend(part.fields);
                    above.broken.extend(part.broken);
                    known.extend(names);
                }
                _ => found.push((part, names)),
            }
        }
    }
    manifest.paragraphs = found.into_iter().map(|(paragraph, _)| paragraph).collect();
}

/// The entries of a paragraph in which the blank line between two is missing: tags come again, and another field after them.
fn split(mut paragraph: Paragraph, is_first: bool, errors: &mut Vec<ManifestError>) -> Vec<Paragraph> {
    let is_tags = |field: &Field| field.name.text == "Tags";
    let mut starts: Vec<usize> = Vec::new();
    let mut names: HashSet<&str> = HashSet::new();
    for (index, field) in paragraph.fields.iter().enumerate() {
        let name = field.name.text.as_str();
        if is_tags(field) {
            let mut below = paragraph
                .fields
                .iter()
                .skip(index + 1)
                .take_while(|field| !is_tags(field))
                .map(|field| &field.name.text);
            let has_value = field.pieces.iter().any(|piece| !piece.is_empty());
            let kind = if is_first && starts.is_empty() && names.contains("Maintainers") && has_value {
                Some(ManifestErrorKind::GlobalTags)
            } else if names.contains(name) && below.any(|name| names.contains(name.as_str())) {
                Some(ManifestErrorKind::NoBlankLine)
            } else {
                None
            };
            if let Some(kind) = kind {
                errors.push(ManifestError { kind, span: field.name.span });
                starts.push(index);
                names.clear();
            }
        }
        names.insert(name);
    }
    let mut parts: Vec<Paragraph> = Vec::new();
    for start in starts.into_iter().rev() {
        let fields = paragraph.fields.split_off(start);
        let from = fields.first().map_or(0, |field| field.name.span.start);
        let broken = paragraph.broken.split_off(paragraph.broken.partition_point(|line| line.start < from));
        parts.push(Paragraph { fields, broken });
    }
    parts.push(paragraph);
    parts.reverse();
    parts
}

/// The names of the fields, and where each is first.
fn names(paragraph: &Paragraph, errors: &mut Vec<ManifestError>) -> HashMap<String, Span> {
    let mut names: HashMap<String, Span> = HashMap::new();
    for Field { name, .. } in &paragraph.fields {
        if let Some(first) = names.get(&name.text) {
            errors.push(ManifestError { kind: ManifestErrorKind::Duplicate(*first), span: name.span });
        } else {
            names.insert(name.text.clone(), name.span);
        }
    }
    names
}

/// Whether a paragraph is the rest of the one above: it has no tags, and nothing that the other has.
fn is_torn_off(
    part: &Paragraph,
    names: &HashMap<String, Span>,
    above: &Paragraph,
    known: &HashMap<String, Span>,
    is_above_first: bool,
) -> bool {
    let may_belong = |name: &str| is_field(name) && name != "Tags" && (!is_above_first || OF_ALL.contains(&name));
    part.broken.is_empty()
        && !above.fields.is_empty()
        && (is_above_first || known.contains_key("Tags"))
        && names.keys().all(|name| may_belong(name) && !known.contains_key(name))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::source::Source;

    #[test]
    fn paragraphs() {
        for (text, paragraphs, errors) in [
            // A blank line too few.
            ("Maintainers:m|Tags:1|File:a", "Maintainers / Tags File", "GlobalTags Tags"),
            ("Maintainers:m|Tags:||Tags:1", "Maintainers Tags / Tags", ""),
            ("Tags:1|Maintainers:m", "Tags Maintainers", ""),
            ("A:|| Tags:1|File:a|Tags:2|File:b", "A / Tags File / Tags File", "Indented Tags NoBlankLine Tags"),
            ("A:||Tags:1|File:a|Tags:2|GitFetch:b", "A / Tags File Tags GitFetch", "Duplicate Tags"),
            (
                "A:||Tags:1|x|File:a|Tags:2|File:b|y",
                "A / Tags File (x) / Tags File (y)",
                "NoColon x NoBlankLine Tags NoColon y",
            ),
            ("A:||File:a|Tags:1|File:b|Tags:2", "A / File Tags File Tags", "Duplicate File Duplicate Tags"),
            // A blank line too many.
            ("Maintainers:m||GitRepo:r||Tags:1", "Maintainers GitRepo / Tags", "TornOff GitRepo"),
            ("Maintainers:m||SharedTags:1", "Maintainers / SharedTags", ""),
            (
                "A:||Tags:1||File:a||GitFetch:b||Tags:2",
                "A / Tags File GitFetch / Tags",
                "TornOff File TornOff GitFetch",
            ),
            ("A:||Tags:1|File:a||File:b", "A / Tags File / File", ""),
            ("A:||Tags:1||Tag:b|File:b", "A / Tags / Tag File", ""),
            ("A:||Tags:1||Tags 2|File:b", "A / Tags / File (Tags 2)", "NoColon Tags 2"),
        ] {
            let source = Source::new(text.replace('|', "\n").into_bytes()).unwrap();
            let manifest = parse(&source);
            let shown = |paragraph: &Paragraph| {
                let fields = paragraph.fields.iter().map(|field| field.name.text.clone());
                let broken = paragraph.broken.iter().map(|line| format!("({})", source.slice(*line)));
                fields.chain(broken).collect::<Vec<_>>().join(" ")
            };
            let found: Vec<String> = manifest.paragraphs.iter().map(shown).collect();
            assert_eq!(found.join(" / "), paragraphs, "{text}");
            let shown = |error: &ManifestError| {
                let kind = format!("{:?}", error.kind);
                format!("{} {}", kind.split(['(', ' ']).next().unwrap(), source.slice(error.span))
            };
            let found: Vec<String> = manifest.errors.iter().map(shown).collect();
            assert_eq!(found.join(" "), errors, "{text}");
        }
    }
}
