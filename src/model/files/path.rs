//! Paths of which the file tells a part.

use crate::model::text::{PartialText, WILDCARDS};

/// A path in the image as far as the file tells, without needless slashes and dots.
///
/// Below a directory that is not known it begins with a hole.
#[derive(Debug, Clone)]
pub struct FilePath {
    text: PartialText,
    /// As it is written, which may be relative.
    written: String,
    /// Whether it was written with a slash at its end, which only a directory can have.
    is_directory: bool,
}

/// `/a/` and `/a` are the same path, however it is written.
impl PartialEq for FilePath {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for FilePath {}

impl std::hash::Hash for FilePath {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl FilePath {
    /// A path as written, below the working directory where it is relative.
    pub fn new(written: &PartialText, working_directory: &Self) -> Self {
        let is_directory = matches!(written.as_str(), "" | "." | "..") || written.as_str().ends_with(['/', '\\']);
        let is_rooted = written.as_str().starts_with('/') || written.known_str().is_none() && is_open(written);
        let mut segments: Vec<PartialText> = Vec::new();
        if !is_rooted {
            segments = working_directory.segments();
        }
        for segment in written.split(|c| c == '/') {
            match segment.known_str() {
                Some("" | ".") => {}
                Some("..") if segments.last().is_some_and(|last| last.known_str().is_some()) => {
                    segments.pop();
                }
                _ => segments.push(segment),
            }
        }
        Self { written: written.as_str().to_owned(), ..Self::of_segments(&segments, is_directory) }
    }

    /// A path of the file system's root on.
    pub fn absolute(path: &str) -> Self {
        Self::new(&PartialText::known(path), &Self::unknown("/"))
    }

    /// A directory that is not known.
    pub fn unknown(written: &str) -> Self {
        Self { text: PartialText::unknown(written), written: written.to_owned(), is_directory: true }
    }

    fn of_segments(segments: &[PartialText], is_directory: bool) -> Self {
        let mut text = PartialText::default();
        for (index, segment) in segments.iter().enumerate() {
            // A hole at the start may be absolute or not.
            if index > 0 || segment.known_str().is_some() || !is_open(segment) {
                text.push_str("/");
            }
            text.push(segment);
        }
        if text.is_empty() {
            text.push_str("/");
        }
        Self { written: text.as_str().to_owned(), text, is_directory }
    }

    fn segments(&self) -> Vec<PartialText> {
        let mut segments = self.text.split(|c| c == '/');
        segments.retain(|segment| !segment.is_empty());
        segments
    }

    /// This path as a directory that holds `name`.
    #[must_use]
    pub fn join(&self, name: &PartialText) -> Self {
        let mut text = self.text.clone();
        for segment in name.split(|c| c == '/').iter().filter(|segment| !segment.is_empty()) {
            if text.known_str() != Some("/") {
                text.push_str("/");
            }
            text.push(segment);
        }
        Self { written: text.as_str().to_owned(), text, is_directory: false }
    }

    /// The path, holes as they are written.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The path as it is written, which may be relative.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The path, where all of it is known.
    pub fn known_str(&self) -> Option<&str> {
        self.text.known_str()
    }

    /// The path with what is not known of it.
    pub fn text(&self) -> &PartialText {
        &self.text
    }

    /// Its last segment.
    pub fn name(&self) -> PartialText {
        self.text.behind_last('/')
    }

    /// The directory that it is in.
    #[must_use]
    pub fn parent(&self) -> Self {
        let mut segments = self.segments();
        segments.pop();
        Self::of_segments(&segments, true)
    }

    /// Whether it was written as a directory, with a slash at its end.
    pub fn is_directory(&self) -> bool {
        self.is_directory
    }

    /// Whether both may be the same path, wildcards standing for anything.
    pub fn may_be(&self, other: &Self) -> bool {
        self.text.may_be(&other.text)
    }

    /// Whether both may have the same name, in whatever directory.
    pub fn may_share_name(&self, other: &Self) -> bool {
        match (self.known_str(), other.known_str()) {
            (Some(one), Some(two)) if !one.contains(WILDCARDS) && !two.contains(WILDCARDS) => {
                one.rsplit('/').next() == two.rsplit('/').next()
            }
            _ => self.name().may_be(&other.name()),
        }
    }

    /// Whether it is `directory` or lies in it for certain.
    pub fn lies_in(&self, directory: &Self) -> bool {
        if let Some(known) = directory.known_str() {
            return self.is_below(known);
        }
        self.text.goes_on_behind(&directory.text, '/')
    }

    /// The same for a known absolute path without a slash at its end.
    pub fn is_below(&self, directory: &str) -> bool {
        directory == "/"
            || match self.known_str() {
                Some(own) => crate::model::paths::lies_in(own, directory),
                // What follows is not known, so that the name of a directory ends with a slash alone.
                None => self.text.known_prefix().strip_prefix(directory).is_some_and(|rest| rest.starts_with('/')),
            }
    }

    /// Whether it may be `directory`, or may lie in it.
    pub fn may_lie_in(&self, directory: &Self) -> bool {
        if let (Some(own), Some(other)) = (self.known_str(), directory.known_str())
            && !own.contains(WILDCARDS)
            && !other.contains(WILDCARDS)
        {
            return other == "/" || crate::model::paths::lies_in(own, other);
        }
        if directory.as_str() == "/" {
            return true;
        }
        if self.text.starts_apart(&directory.text) {
            return false;
        }
        let mut inside = directory.text.clone();
        inside.push_str("/");
        inside.push(&PartialText::unknown("*"));
        self.may_be(directory) || self.text.may_be(&inside)
    }

    /// Whether removing `removed`, in which wildcards may stand, takes this path away for certain.
    pub fn is_removed_by(&self, removed: &Self) -> bool {
        if let (Some(own), Some(other)) = (self.known_str(), removed.known_str())
            && !other.contains(WILDCARDS)
        {
            return other == "/" || crate::model::paths::lies_in(own, other);
        }
        if !removed.text.as_str().contains(WILDCARDS) {
            return removed.as_str() == "/" && removed.known_str().is_some()
                || self.text.goes_on_behind(&removed.text, '/');
        }
        if self.text.starts_apart(&removed.text) {
            return false;
        }
        let (own, pattern) = (self.segments(), removed.segments());
        own.len() >= pattern.len()
            && own.iter().zip(&pattern).all(|(segment, pattern)| match (segment.known_str(), pattern.known_str()) {
                _ if segment == pattern => true,
                (Some(_), Some(glob)) => glob.contains(WILDCARDS) && segment.may_be(pattern),
                _ => false,
            })
    }
}

/// Whether a text begins with what is not known.
fn is_open(text: &PartialText) -> bool {
    text.known_prefix().is_empty() && text.known_str().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(written: &str) -> FilePath {
        FilePath::new(&PartialText::known(written), &FilePath::absolute("/srv"))
    }

    #[test]
    fn paths_are_made_plain() {
        for (written, expected) in [
            ("/a//b/./c/", "/a/b/c"),
            ("/a/../b", "/b"),
            ("x.tgz", "/srv/x.tgz"),
            ("./x.tgz", "/srv/x.tgz"),
            (".", "/srv"),
            ("..", "/"),
            ("/", "/"),
        ] {
            assert_eq!(path(written).as_str(), expected, "{written}");
        }
        let below = FilePath::new(&PartialText::known("x"), &FilePath::unknown("$dir"));
        assert_eq!(below.as_str(), "$dir/x");
        assert_eq!(below.join(&PartialText::known("y")).as_str(), "$dir/x/y");
        assert!(below.may_be(&path("/srv/x")) && !below.may_be(&path("/srv/y")));
    }

    #[test]
    fn what_lies_where() {
        assert!(path("/a/b").lies_in(&path("/a")) && path("/a").lies_in(&path("/a/")));
        assert!(!path("/ab").lies_in(&path("/a")) && !path("/a").lies_in(&path("/a/b")));
        assert!(path("/a").lies_in(&path("/")) && path("/a/") == path("/a"));
        let hidden = FilePath::unknown("$dir");
        assert!(path("/a/b").may_lie_in(&hidden) && !path("/a/b").lies_in(&hidden));
        let below = |directory: &str, name: &str| FilePath::unknown(directory).join(&PartialText::known(name));
        assert!(below("$dir", "a/b").lies_in(&below("$dir", "a")) && below("$dir", "a").lies_in(&hidden));
        assert!(!below("$dir", "ab").lies_in(&below("$dir", "a")) && !below("$other", "a").lies_in(&hidden));
        assert!(
            below("$dir", "a/b").is_removed_by(&below("$dir", "a"))
                && !below("$dir", "a").is_removed_by(&path("/srv/a"))
        );
        assert!(below("$dir", "a").is_removed_by(&path("/")) && !path("/a").is_removed_by(&hidden));
        assert!(path("/tmp/x.tgz").is_removed_by(&path("/tmp/*")) && path("/tmp/x.tgz").is_removed_by(&path("/tmp")));
        assert!(!path("/tmp/x.tgz").is_removed_by(&path("/tmp/*.deb")));
        assert!(
            path("/tmp/a1.tgz").is_removed_by(&path("/tmp/a[0-9].*"))
                && !path("/tmp/a.b").is_removed_by(&path("a[0-9]"))
        );
        assert!(!path("/tmp").is_removed_by(&path("/tmp/*")));
    }
}
