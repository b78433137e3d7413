//! Whether the library of the programme still has a tag, and which it has instead.

use super::base::{self, Suite};
use crate::library::Library;

/// What is no less is a day, and no version.
const FIRST_DAY: u64 = 20_000_101;

/// What the library says of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Support {
    /// It has the tag.
    Current,
    /// It has the tag no more, or never had it; the tag of the same kind that it has.
    Gone(Option<String>),
    /// It has a later version of the same major one instead.
    Superseded(String),
    /// The image is none of the library's, or the tag may be newer than what is known.
    Unknown,
}

/// A part of a tag, between dashes.
#[derive(Debug, PartialEq, Eq, Clone)]
enum Part<'t> {
    /// `3.14.1`, `alpine3.22`, `jdk8`: a word and the numbers behind it.
    Version(&'t str, Vec<u64>),
    /// `20260801`
    Date(u64),
    /// `trixie`
    Suite(&'static Suite),
    /// `slim`
    Word(&'t str),
}

/// Looks a tag up. What is built in is of a date: a tag that may have come later is unknown.
pub fn support(library: &Library, image: &str, tag: &str) -> Support {
    if library.tag(image, tag).is_some() {
        return Support::Current;
    }
    let mut known: Vec<Vec<Part<'_>>> = library.tags(image).map(parts).collect();
    if !library.has_image(image) || known.is_empty() && library.date().is_some() {
        return Support::Unknown;
    }
    let wanted = parts(tag);
    // What has been announced may have been released since.
    if !is_announced(&wanted) && !known.iter().all(|tag| is_announced(tag)) {
        known.retain(|tag| !is_announced(tag));
    }
    // A version that is gone does not come back under another variant.
    let is_left = wanted.iter().enumerate().any(|(at, part)| is_left(part, at, &known));
    if library.date().is_some() && !is_left && wanted.iter().any(|part| may_be_newer(part, &known)) {
        return Support::Unknown;
    }
    let of_series = |found: &Part<'_>, wanted: &Part<'_>| found == wanted || is_of_series(found, wanted, &known);
    if let Some(later) = newest(library, image, &wanted, of_series) {
        return Support::Superseded(later);
    }
    Support::Gone(newest(library, image, &wanted, is_like))
}

fn parts(tag: &str) -> Vec<Part<'_>> {
    tag.split('-').map(part).collect()
}

fn part(text: &str) -> Part<'_> {
    if let Some(suite) = base::suite_named(text) {
        return Part::Suite(suite);
    }
    let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (word, version) = text.split_at_checked(digit).unwrap_or((text, ""));
    let numbers: Option<Vec<u64>> = version.split('.').map(|number| number.parse().ok()).collect();
    match numbers {
        // Of `20260801.1` too.
        Some(numbers) if word.is_empty() && numbers.first().is_some_and(|first| *first >= FIRST_DAY) => {
            Part::Date(numbers.first().copied().unwrap_or_default())
        }
        Some(numbers) => Part::Version(word, numbers),
        None => Part::Word(text),
    }
}

/// Whether a tag is of a version that is not released yet: `3.15-rc`, `3.15.0rc1`, `4.2.0-preview5`.
fn is_announced(parts: &[Part<'_>]) -> bool {
    const WORDS: [&str; 9] = ["alpha", "beta", "dev", "ea", "m", "milestone", "pre", "preview", "rc"];
    let is_word = |text: &str| WORDS.contains(&text.to_ascii_lowercase().as_str());
    parts.iter().any(|part| match part {
        Part::Version(word, _) => is_word(word),
        // Between the numbers and a last one.
        Part::Word(text) => is_word(text.trim_matches(|c: char| c.is_ascii_digit() || c == '.')),
        Part::Date(_) | Part::Suite(_) => false,
    })
}

/// Whether a part of a tag may belong to what came after the tags that are known: a higher version of a known series, a
/// later day, a word that no tag has.
fn may_be_newer(part: &Part<'_>, known: &[Vec<Part<'_>>]) -> bool {
    let all = || known.iter().flatten();
    match part {
        Part::Version(word, numbers) => {
            let mut series: Vec<&[u64]> = all()
                .filter_map(|part| match part {
                    Part::Version(other, numbers) if other == word => Some(numbers.as_slice()),
                    _ => None,
                })
                .collect();
            for (level, number) in numbers.iter().enumerate() {
                let newest = series.iter().filter_map(|numbers| numbers.get(level)).max();
                match newest {
                    Some(newest) if number > newest => return true,
                    // The series is known, but not so far.
                    None => return series.is_empty() && level == 0,
                    Some(_) => series.retain(|numbers| numbers.get(level) == Some(number)),
                }
                if series.is_empty() {
                    return false;
                }
            }
            false
        }
        Part::Date(day) => !all().any(|part| matches!(part, Part::Date(known) if known >= day)),
        Part::Suite(suite) => !all().any(
            |part| matches!(part, Part::Suite(known) if known.family == suite.family && known.age() >= suite.age()),
        ),
        Part::Word(_) => !all().any(|known| known == part),
    }
}

/// Whether no tag has this version at its place any more, and later ones are there.
fn is_left(part: &Part<'_>, at: usize, known: &[Vec<Part<'_>>]) -> bool {
    let Part::Version(word, numbers) = part else { return false };
    let in_place = || {
        known.iter().filter_map(|tag| match tag.get(at) {
            Some(Part::Version(other, numbers)) if other == word => Some(numbers),
            _ => None,
        })
    };
    !may_be_newer(part, known)
        && in_place().any(|other| other > numbers)
        && !in_place().any(|other| other.starts_with(numbers))
}

/// The newest tag whose parts are like those of another, of the same major version where there is one, no newer a release than
/// that of `latest`.
fn newest(
    library: &Library,
    image: &str,
    wanted: &[Part<'_>],
    is_like: impl Fn(&Part<'_>, &Part<'_>) -> bool,
) -> Option<String> {
    let latest = library.line_of(image, "latest").into_iter().flat_map(|line| line.split(' ').flat_map(parts));
    let latest: Vec<Part<'_>> = latest.collect();
    let is_newer = |part: &Part<'_>, latest: &Part<'_>| match (part, latest) {
        (Part::Suite(suite), Part::Suite(latest)) => latest.family == suite.family && suite.age() > latest.age(),
        (Part::Version(word, numbers), Part::Version(latest_word, latest)) => {
            word == latest_word && numbers.len() == latest.len() && numbers > latest
        }
        _ => false,
    };
    // Who stands on a later one already may stay there.
    let too_new = |(found, wanted): (&Part<'_>, &Part<'_>)| {
        is_newer(found, wanted) && latest.iter().any(|latest| is_newer(found, latest))
    };
    let alike = |tag: &str| {
        let found = parts(tag);
        let fits =
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| is_like(found, wanted));
        (fits && !found.iter().zip(wanted).any(too_new)).then(|| (nearness(&found, wanted), rank(&found)))
    };
    let ranked = library.tags(image).filter_map(|tag| Some((alike(tag)?, tag)));
    ranked.max_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, tag)| tag.to_owned())
}

/// How many numbers of each part are the same.
fn nearness(found: &[Part<'_>], wanted: &[Part<'_>]) -> Vec<usize> {
    let same = |(found, wanted): (&Part<'_>, &Part<'_>)| match (found, wanted) {
        (Part::Version(_, found), Part::Version(_, wanted)) => {
            found.iter().zip(wanted).take_while(|(found, wanted)| found == wanted).count()
        }
        _ => 0,
    };
    found.iter().zip(wanted).map(same).collect()
}

/// Whether both are versions of one major, `x.y.z`, or `x.y` where there is no `x.y.z`: those are replaced so often that one which
/// is gone says little.
fn is_of_series(found: &Part<'_>, wanted: &Part<'_>, known: &[Vec<Part<'_>>]) -> bool {
    let (Part::Version(word, numbers), Part::Version(other, others)) = (found, wanted) else { return false };
    let is_longer = |part: &Part<'_>| match part {
        Part::Version(known, longer) => known == word && longer.len() > numbers.len() && longer.starts_with(numbers),
        _ => false,
    };
    let is_whole = match numbers.len() {
        0 | 1 => false,
        2 => word.is_empty() && !known.iter().flatten().any(is_longer),
        _ => true,
    };
    word == other && numbers.len() == others.len() && numbers.first() == others.first() && is_whole
}

/// Whether both are of one kind.
fn is_like(found: &Part<'_>, wanted: &Part<'_>) -> bool {
    match (found, wanted) {
        (Part::Version(word, numbers), Part::Version(other, others)) => word == other && numbers.len() == others.len(),
        (Part::Date(_), Part::Date(_)) => true,
        (Part::Suite(found), Part::Suite(wanted)) => found.family == wanted.family,
        _ => found == wanted,
    }
}

fn rank(parts: &[Part<'_>]) -> Vec<Vec<u64>> {
    let of_part = |part: &Part<'_>| match part {
        Part::Version(_, numbers) => numbers.clone(),
        Part::Date(day) => vec![*day],
        Part::Suite(suite) => vec![suite.age()],
        Part::Word(_) => Vec::new(),
    };
    parts.iter().map(of_part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[a]\n@ amd64\n3.14.4-slim-trixie 3.14-slim-trixie 3-slim 3.14-slim\n3.14.4 3.14 3 trixie latest\n\
                        3.13.9-alpine3.22 3.13-alpine3.22 3.13-alpine 3.13\ntrixie-20260801 sid-20260801 sid\n\
                        4.0rc1-trixie 3.15-rc-slim 3.15.0rc1\n[b]\n\
                        [d]\n@ amd64\n8-alpine3.24 17-alpine3.24 26.04 resolute latest\n26.10 stonking\n2.6 2.6-slim 2.6-noble\n[e]\n@ amd64\n2-rc 2-rc-slim\n";

    #[test]
    fn tags() {
        let gone = |tag: &str| Support::Gone(Some(tag.to_owned()));
        let superseded = |tag: &str| Support::Superseded(tag.to_owned());
        for (image, tag, at_date, now) in [
            ("a", "3.14", Support::Current, Support::Current),
            ("a", "3.14.5", Support::Unknown, superseded("3.14.4")),
            ("a", "3.15", Support::Unknown, gone("3.14")),
            ("a", "4-slim", Support::Unknown, gone("3-slim")),
            ("a", "3.14.3", superseded("3.14.4"), superseded("3.14.4")),
            ("a", "3.8.1-slim-trixie", superseded("3.14.4-slim-trixie"), superseded("3.14.4-slim-trixie")),
            ("a", "2.8.1", gone("3.14.4"), gone("3.14.4")),
            ("a", "3.12", gone("3.14"), gone("3.14")),
            ("a", "3.13.1-alpine3.20", gone("3.13.9-alpine3.22"), gone("3.13.9-alpine3.22")),
            ("a", "3.15.0", Support::Unknown, superseded("3.14.4")),
            ("a", "3.15-slim", Support::Unknown, gone("3.14-slim")),
            ("a", "3.15.0rc0", Support::Unknown, Support::Gone(None)),
            ("d", "2.5-slim", superseded("2.6-slim"), superseded("2.6-slim")),
            ("d", "2.5-focal", gone("2.6-noble"), gone("2.6-noble")),
            ("d", "18.04", gone("26.04"), gone("26.04")),
            ("d", "17-alpine3.22", gone("17-alpine3.24"), gone("17-alpine3.24")),
            ("d", "focal", gone("resolute"), gone("resolute")),
            ("e", "1-slim", Support::Gone(None), Support::Gone(None)),
            ("a", "3.8-slim", gone("3.14-slim"), gone("3.14-slim")),
            ("a", "3.8-slim-buster", gone("3.14-slim-trixie"), gone("3.14-slim-trixie")),
            ("a", "stretch", gone("trixie"), gone("trixie")),
            ("a", "jammy", Support::Unknown, Support::Gone(None)),
            ("a", "3.13-alpine3.23", Support::Unknown, gone("3.13-alpine3.22")),
            ("a", "2.7-alpine", gone("3.13-alpine"), gone("3.13-alpine")),
            ("a", "trixie-20250101", gone("trixie-20260801"), gone("trixie-20260801")),
            ("a", "trixie-20261001", Support::Unknown, gone("trixie-20260801")),
            ("a", "nanoserver", Support::Unknown, Support::Gone(None)),
            ("a", "3.8-nanoserver", Support::Gone(None), Support::Gone(None)),
            ("a", "3.6-jdk-8", Support::Gone(None), Support::Gone(None)),
            ("a", "3.14-nanoserver", Support::Unknown, Support::Gone(None)),
            ("b", "1", Support::Unknown, Support::Gone(None)),
            ("c", "1", Support::Unknown, Support::Unknown),
        ] {
            let dated = Library::of_text(format!("# at 2026-08-21.\n{TEXT}"));
            assert_eq!(support(&dated, image, tag), at_date, "{image}:{tag}");
            assert_eq!(support(&Library::of_text(TEXT.to_owned()), image, tag), now, "{image}:{tag}");
        }
    }
}
