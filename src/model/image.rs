//! Image references and where they are used.

use crate::source::Span;

use super::base;

/// `[registry/][namespace/]repository[:tag][@digest]`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    /// The reference with variables filled in.
    pub text: String,
    /// Registry, namespace and repository as written, without tag and digest.
    pub repository: String,
    /// The tag, where there is one.
    pub tag: Option<String>,
    /// The digest with its algorithm, where there is one.
    pub digest: Option<String>,
}

impl ImageReference {
    /// Takes a reference apart; never fails, an odd text is an odd repository.
    pub fn parse(text: &str) -> Self {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (text, None),
        };
        // A colon before the last slash belongs to the registry's port.
        let path = name.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match name.get(path..).and_then(|last| last.find(':')) {
            Some(colon) => (name.get(..path + colon), name.get(path + colon + 1..).map(str::to_owned)),
            None => (Some(name), None),
        };
        Self { text: text.to_owned(), repository: repository.unwrap_or_default().to_owned(), tag, digest }
    }

    /// Whether a registry can have an image of this name: the path is in lower case, as the reference grammar of
    /// github.com/distribution/reference has it.
    pub fn is_valid(&self) -> bool {
        let is_host =
            |first: &str| first.contains(['.', ':']) || first == "localhost" || first.chars().any(char::is_uppercase);
        let path = match self.repository.split_once('/') {
            Some((first, rest)) if is_host(first) => rest,
            _ => &self.repository,
        };
        let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '/');
        !path.is_empty() && path.chars().all(is_allowed)
    }

    /// The repository without what Docker Hub takes for granted: `docker.io/`, `library/`.
    pub fn familiar(&self) -> &str {
        let mut name = self.repository.as_str();
        for prefix in ["docker.io/", "index.docker.io/", "registry-1.docker.io/"] {
            name = name.strip_prefix(prefix).unwrap_or(name);
        }
        name.strip_prefix("library/").unwrap_or(name)
    }

    /// The registry that has the image; `docker.io` for Docker Hub by any of its names.
    pub fn registry(&self) -> &str {
        match self.repository.split_once('/') {
            Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => base::registry(first),
            _ => base::registry("docker.io"),
        }
    }

    /// The name of a Docker Hub image without a namespace, which is what an official image is.
    pub fn unnamespaced(&self) -> Option<&str> {
        Some(self.familiar()).filter(|name| !name.contains('/') && !name.is_empty())
    }

    /// Whether it is one of the programme's images.
    pub fn is_official(&self) -> bool {
        self.unnamespaced().is_some_and(base::is_official_name)
    }
}

/// What an image name in FROM, COPY --from or RUN --mount stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// `scratch`, the empty image.
    Scratch,
    /// A stage of this file, by index.
    Stage(usize),
    /// An image from a registry, or a build context that the build names.
    Image(ImageReference),
    /// It depends on a variable whose value the file does not tell.
    Unknown,
}

/// The instruction that uses an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageUser {
    /// FROM.
    From,
    /// COPY --from.
    Copy,
    /// RUN --mount=...,from=.
    Mount,
}

/// An image name in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageUse {
    /// What it stands for.
    pub base: Base,
    /// Which instruction uses it.
    pub user: ImageUser,
    /// The name as written.
    pub written: String,
    /// Where the name stands.
    pub span: Span,
    /// The step, an index into [`super::Model::steps`].
    pub step: usize,
}

impl ImageUse {
    /// The span of the tag's text, or of the digest's with its `@`, where it stands in the file as such; else the whole name.
    pub fn part_span(&self, part: &str) -> Span {
        match self.written.rfind(part) {
            Some(at) if !part.is_empty() && self.written.len() as u32 == self.span.len() => {
                Span::new(self.span.start + at as u32, self.span.start + (at + part.len()) as u32)
            }
            _ => self.span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        for (text, familiar, tag, digest) in [
            ("debian", "debian", None, None),
            ("docker.io/library/debian:trixie-slim", "debian", Some("trixie-slim"), None),
            ("localhost:5000/a/b", "localhost:5000/a/b", None, None),
            ("localhost:5000/a/b:1@sha256:ab", "localhost:5000/a/b", Some("1"), Some("sha256:ab")),
            ("library/alpine@sha256:ab", "alpine", None, Some("sha256:ab")),
            ("", "", None, None),
        ] {
            let image = ImageReference::parse(text);
            assert_eq!(
                (image.familiar(), image.tag.as_deref(), image.digest.as_deref()),
                (familiar, tag, digest),
                "{text}"
            );
        }
        assert!(ImageReference::parse("docker.io/alpine").is_official());
        assert!(!ImageReference::parse("bitnami/redis").is_official());
    }
}
