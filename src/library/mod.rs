//! The library of the programme: its images, their tags with the architectures that they are built for, and the external
//! images that they may stand on. What is built in was made from a checkout of docker-library/official-images at a date;
//! [`Library::read`] takes a checkout instead.
//!
//! Both are one text: a line `[image]`, then for each set of architectures a line `@ amd64 arm64v8`, of Windows with the
//! constraints behind ` = `, and the tags below it, those of an entry on a line. `#` begins a comment.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

mod read;

pub use read::{LibraryError, ManifestFile};

const BUILT_IN: &str = include_str!("../../data/library.txt");
const BUILT_IN_PINS: &str = include_str!("../../data/external-pins.txt");

/// The images of the programme.
#[derive(Debug, Clone)]
pub struct Library {
    text: Cow<'static, str>,
    /// The lines of each image.
    images: HashMap<String, Range<usize>>,
    /// `repository:tag`, in order.
    pins: Vec<String>,
    /// The manifests that it was read from.
    manifests: Vec<ManifestFile>,
}

/// A tag of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag<'l> {
    /// Its architectures, by bashbrew's names.
    pub architectures: Vec<&'l str>,
    /// The versions of Windows that it needs; none where entries that share the tag differ in them.
    pub constraints: Vec<&'l str>,
}

impl Library {
    /// What is built in.
    pub fn built_in() -> &'static Self {
        static LIBRARY: OnceLock<Library> = OnceLock::new();
        LIBRARY.get_or_init(|| Self::of(BUILT_IN.into(), lines(BUILT_IN_PINS).map(str::to_owned).collect()))
    }

    fn of(text: Cow<'static, str>, pins: Vec<String>) -> Self {
        let mut images = HashMap::new();
        let mut open: Option<(&str, usize)> = None;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            if let Some(name) = line.trim_end().strip_prefix('[').and_then(|line| line.strip_suffix(']'))
                && let Some((before, from)) = open.replace((name, offset))
            {
                images.insert(before.to_owned(), from..start);
            }
        }
        if let Some((name, from)) = open {
            images.insert(name.to_owned(), from..offset);
        }
        Self { text, images, pins, manifests: Vec::new() }
    }

    /// The library that a text holds, without external pins.
    pub fn of_text(text: String) -> Self {
        Self::of(text.into(), Vec::new())
    }

    /// The day of the data that is built in, `2026-08-21`; none for a checkout.
    pub fn date(&self) -> Option<&str> {
        let first = self.text.lines().next().filter(|line| line.starts_with('#'))?;
        first.rsplit_once(' ').map(|(_, date)| date.trim_end_matches('.'))
    }

    /// All of it, in the form that the module describes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The manifests of a checkout, in the order of their names; what is built in has none.
    pub fn manifests(&self) -> &[ManifestFile] {
        &self.manifests
    }

    /// Whether the programme has an image of this name, if only one that it builds no more.
    pub fn has_image(&self, name: &str) -> bool {
        self.images.contains_key(name)
    }

    /// The external images that official images may stand on, `repository:tag`, in order.
    pub fn pins(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pins.iter().filter_map(|pin| pin.rsplit_once(':'))
    }

    /// The tags of an external image that official images may stand on.
    pub fn pinned_tags(&self, repository: &str) -> Vec<&str> {
        self.pins().filter(|(pinned, _)| *pinned == repository).map(|(_, tag)| tag).collect()
    }

    /// The tags of an image, with the line of architectures that each stands below.
    fn groups(&self, image: &str) -> impl Iterator<Item = (&str, &str)> {
        let section = self.images.get(image).and_then(|range| self.text.get(range.clone())).unwrap_or_default();
        let mut group = "";
        section.lines().filter_map(move |line| match line.strip_prefix("@ ") {
            Some(architectures) => {
                group = architectures;
                None
            }
            None => Some((group, line)),
        })
    }

    /// The tags of an image.
    pub fn tags(&self, image: &str) -> impl Iterator<Item = &str> {
        self.groups(image).flat_map(|(_, line)| line.split(' '))
    }

    /// The tags of the entry that a tag is of.
    pub fn line_of(&self, image: &str, tag: &str) -> Option<&str> {
        self.groups(image).map(|(_, line)| line).find(|line| line.split(' ').any(|known| known == tag))
    }

    /// A tag of an image.
    pub fn tag(&self, image: &str, tag: &str) -> Option<Tag<'_>> {
        let (group, _) = self.groups(image).find(|(_, line)| line.split(' ').any(|known| known == tag))?;
        let (architectures, constraints) = group.split_once(" = ").unwrap_or((group, ""));
        Some(Tag {
            architectures: architectures.split(' ').collect(),
            constraints: constraints.split_whitespace().collect(),
        })
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_tags() {
        let text = "# at 2026-01-02.\n[a]\n@ amd64 arm64v8\n1.1 1\n1.0\n@ windows-amd64 = x-1 y-1\n1-win\n[b]\n[c]\n@ amd64\n2\n";
        let library = Library::of(text.into(), vec!["acme/base:1".into()]);
        assert_eq!(library.date(), Some("2026-01-02"));
        assert!(library.has_image("b") && !library.has_image("d"));
        assert_eq!(library.tags("a").collect::<Vec<_>>(), ["1.1", "1", "1.0", "1-win"]);
        assert_eq!(library.tags("b").count(), 0);
        let tag = library.tag("a", "1.0").unwrap();
        assert_eq!((tag.architectures, tag.constraints), (vec!["amd64", "arm64v8"], vec![]));
        let tag = library.tag("a", "1-win").unwrap();
        assert_eq!((tag.architectures, tag.constraints), (vec!["windows-amd64"], vec!["x-1", "y-1"]));
        assert_eq!(library.tag("a", "2"), None);
        assert_eq!(library.pinned_tags("acme/base"), ["1"]);
    }

    #[test]
    fn what_is_built_in() {
        let library = Library::built_in();
        let date = library.date().unwrap();
        assert!(date.len() == 10 && date.starts_with("20"), "{date}");
        assert!(library.tag("debian", "stable").unwrap().architectures.contains(&"amd64"));
        assert!(library.tag("debian", "stretch").is_none());
        assert_eq!(library.pinned_tags("redhat/ubi9"), ["latest"]);
    }
}
