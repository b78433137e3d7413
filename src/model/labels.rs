//! The labels that LABEL sets, and what their values may be.

use crate::dockerfile::ast::Keyword;
use crate::dockerfile::expand::Folded;
use crate::dockerfile::views::Pairs;
use crate::rulebook::options::{LabelKind, Options};
use crate::source::Span;

use super::{Model, Stage, Step};

const LICENSES: &str = include_str!("../../data/spdx-licenses.txt");

/// A label with its variables filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// Its value; none where a variable in it cannot be known.
    pub value: Option<String>,
    /// Where the value stands.
    pub value_span: Span,
}

impl Model<'_> {
    /// The labels that a step sets on the image; those whose key cannot be known are left out.
    pub fn labels(&self, step: &Step<'_>) -> Vec<Label> {
        let is_label = step.keyword() == Keyword::Label && step.trigger_of.is_none();
        let pairs = Pairs::of(step.instruction).filter(|_| is_label).map_or(&[][..], |it| it.pairs);
        let known = |text: &str| match self.fold(step, text) {
            Folded::Known(text) => Some(text),
            Folded::Unknown => None,
        };
        let label = |pair: &crate::dockerfile::ast::Pair| {
            let (key_span, value_span) = (pair.key.span, pair.value.span);
            Some(Label { key: known(&pair.key.text)?, key_span, value: known(&pair.value.text), value_span })
        };
        pairs.iter().filter_map(label).collect()
    }

    /// The labels of a step that the schema says are of this kind and whose value is not, with the value; empty values are
    /// another mistake.
    pub fn labels_that_are_no(&self, kind: LabelKind, step: &Step<'_>, options: &Options) -> Vec<(Label, String)> {
        let of_kind = |label: &Label| options.label_schema.get(&label.key) == Some(&kind);
        let labels = self.labels(step).into_iter().filter(of_kind);
        let is_wrong = |value: &String| !value.is_empty() && !admits(kind, value);
        labels.filter_map(|label| Some((label.clone(), label.value.filter(is_wrong)?))).collect()
    }

    /// The stages that nothing in the file uses: their images are what builds are for.
    pub fn results(&self) -> impl Iterator<Item = &Stage<'_>> {
        let is_used = |stage: &Stage<'_>| {
            self.image_uses().iter().any(|image_use| image_use.base == super::Base::Stage(stage.index))
        };
        self.stages.iter().filter(move |stage| !is_used(stage))
    }
}

/// Whether a label of a kind may have a value.
fn admits(kind: LabelKind, value: &str) -> bool {
    match kind {
        LabelKind::Text => true,
        LabelKind::Url => is_url(value),
        LabelKind::Email => is_email(value),
        LabelKind::Rfc3339 => is_time(value),
        LabelKind::Semver => is_semantic_version(value),
        LabelKind::Hash => is_commit(value),
        LabelKind::Spdx => is_license(value),
    }
}

/// Whether a text is an absolute URI: a scheme, and behind it the characters of RFC 3986.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme
        && !rest.is_empty()
        && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c))
}

/// Whether a text is a time as in RFC 3339.
fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't']) else { return false };
    let date: Vec<Option<u32>> = date.split('-').zip([4, 2, 2, 0]).map(|(part, len)| number(part, len)).collect();
    let [Some(year), Some(month), Some(day)] = date[..] else { return false };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    let Some(at) = time.find(['Z', 'z', '+', '-']) else { return false };
    let (clock, zone) = time.split_at(at);
    let is_zone = match zone.strip_prefix(['+', '-']) {
        Some(offset) => matches!(hours_and(offset), Some((0..=23, minutes)) if is_number_below(minutes, 60)),
        None => zone.len() == 1,
    };
    let Some((0..=23, rest)) = hours_and(clock) else { return false };
    let Some((minutes, seconds)) = rest.split_once(':') else { return false };
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    (1..=days).contains(&day)
        && is_zone
        && is_number_below(minutes, 60)
        && is_number_below(seconds, 61)
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number of a part with so many digits.
fn number(part: &str, len: usize) -> Option<u32> {
    (part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
}

/// The hours before the first colon, and what follows it.
fn hours_and(text: &str) -> Option<(u32, &str)> {
    let (hours, rest) = text.split_once(':')?;
    Some((number(hours, 2)?, rest))
}

fn is_number_below(part: &str, end: u32) -> bool {
    number(part, 2).is_some_and(|number| number < end)
}

/// Whether a text is the identifier of a license on the SPDX list that is not deprecated.
fn is_license(text: &str) -> bool {
    LICENSES.lines().any(|line| line == text && !line.starts_with('#'))
}

/// Whether a text is the id of a commit, short or whole.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 7 | 40) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a text is a semantic version, as semver.org has it.
fn is_semantic_version(text: &str) -> bool {
    let is_identifier = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let has_zero = |part: &str| part.len() > 1 && part.starts_with('0') && is_digits(part);
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (numbers, before) = text.split_once('-').map_or((text, None), |(text, before)| (text, Some(before)));
    numbers.split('.').count() == 3
        && numbers.split('.').all(|part| is_digits(part) && !has_zero(part))
        && before.is_none_or(|before| before.split('.').all(|part| is_identifier(part) && !has_zero(part)))
        && build.is_none_or(|build| build.split('.').all(is_identifier))
}

/// Whether a text is an email address alone, without a name.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_atom = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    let is_host = |part: &str| {
        let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !part.is_empty() && part.chars().all(is_inner) && !part.starts_with('-') && !part.ends_with('-')
    };
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let is_literal = domain.starts_with('[') && domain.ends_with(']');
    (is_quoted || local.split('.').all(is_atom)) && (is_literal || domain.split('.').all(is_host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        type Case = (fn(&str) -> bool, &'static [&'static str], &'static [&'static str]);
        let cases: [Case; 6] = [
            (
                is_url,
                &["https://example.com/x?a=b#c", "mailto:a@example.com", "urn:a:b", "http://[::1]:80"],
                &["", "example.com", "//example.com", "http:", "http://a b", "git@example.com:a.git", "http://ü.de"],
            ),
            (
                is_time,
                &["2021-01-01T00:00:00Z", "2020-02-29t23:59:60.5+01:30", "2021-12-31T00:00:00z"],
                &[
                    "",
                    "2021-01-01",
                    "2021-02-29T00:00:00Z",
                    "2021-13-01T00:00:00Z",
                    "2021-01-01T24:00:00Z",
                    "2021-01-01T00:00Z",
                    "2021-01-01T00:00:00",
                    "2021-01-01T00:00:00.Z",
                    "2021-01-01T00:00:00+0100",
                    "2021-01-01T00:00:00+24:00",
                ],
            ),
            (is_license, &["MIT", "Apache-2.0", "GPL-2.0-only"], &["", "mit", "GPL-2.0", "MIT OR Apache-2.0", "# x"]),
            (
                is_commit,
                &["abcdef1", "abcdef1234567890abcdef1234567890abcdef12"],
                &["", "abcdef", "ABCDEF1", "abcdefg", "abcdef12"],
            ),
            (
                is_semantic_version,
                &["1.2.3", "0.0.0-rc.1+b-1.2", "1.0.0-alpha-1"],
                &["", "1", "1.2", "v1.2.3", "01.2.3", "1.2.3.4", "1.2.3-", "1.2.3-01", "1.2.3+", "latest"],
            ),
            (
                is_email,
                &["a@example.com", "a.b+c@localhost", "\"a b\"@example.com", "a@[192.0.2.1]"],
                &["", "a", "@b", "a@", "A <a@example.com>", "a..b@example.com", "a@-b.c", "a@b_c.d"],
            ),
        ];
        for (is, yes, no) in cases {
            for text in yes {
                assert!(is(text), "{text}");
            }
            for text in no {
                assert!(!is(text), "{text}");
            }
        }
    }
}
