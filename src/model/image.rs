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

/// Whether a text is an image reference to BuildKit, short forms included (`ParseNormalizedNamed` in github.com/distribution/reference).
pub fn is_reference(text: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if text.len() == 64 && is_hex(text) {
        return false;
    }
    let (domain, path) = match text.split_once('/') {
        Some((domain, path))
            if domain == "localhost" || domain.contains(['.', ':']) || domain != domain.to_lowercase() =>
        {
            (Some(domain), path)
        }
        _ => (None, text),
    };
    let (path, digest) = path.split_once('@').map_or((path, None), |(path, digest)| (path, Some(digest)));
    let (path, tag) = path.split_once(':').map_or((path, None), |(path, tag)| (path, Some(tag)));
    let is_tag = |tag: &str| {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        (1..=128).contains(&tag.len())
            && tag.bytes().all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
            && tag.bytes().next().is_some_and(is_word)
    };
    let is_digest = |digest: &str| {
        let lengths = [("sha256", 64), ("sha384", 96), ("sha512", 128)];
        digest.split_once(':').is_some_and(|(algorithm, hex)| is_hex(hex) && lengths.contains(&(algorithm, hex.len())))
    };
    // A domain that is none may still be the start of a path.
    let is_name = match domain {
        Some(domain) if !is_domain(domain) => is_path(domain) && is_path(path),
        _ => is_path(path),
    };
    is_name && path.len() <= 255 && tag.is_none_or(is_tag) && digest.is_none_or(is_digest)
}

/// Parts between slashes, of letters and digits in lower case with single separators between.
fn is_path(path: &str) -> bool {
    path.split('/').all(|part| {
        let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let separators = part.split(is_letter).filter(|between| !between.is_empty());
        part.starts_with(is_letter)
            && part.ends_with(is_letter)
            && separators
                .into_iter()
                .all(|between| matches!(between, "." | "_" | "__") || between.bytes().all(|byte| byte == b'-'))
    })
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (domain, None),
    };
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match address {
        Some(address) => !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':'),
        None => host.split('.').all(is_part),
    };
    is_host && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
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
    fn what_is_a_reference() {
        let digest = "0123456789abcdef".repeat(4);
        for (text, expected) in [
            ("debian", true),
            ("docker.io/library/debian:trixie-slim", true),
            ("localhost:5000/a/b:1", true),
            ("[::1]:5000/a", true),
            ("REGISTRY/a", true),
            ("a__b/c-d--e.f:_x.1-2", true),
            ("busybox:", false),
            ("", false),
            ("Debian", false),
            ("a/B", false),
            ("a..b", false),
            ("-a", false),
            ("a/", false),
            ("gcr.io//a", false),
            ("a:b/c", false),
            ("a:.b", false),
            ("a b", false),
        ] {
            assert_eq!(is_reference(text), expected, "{text}");
        }
        assert!(is_reference(&format!("a:1@sha256:{digest}")));
        assert!(!is_reference(&format!("a@sha256:{digest}0")));
        assert!(!is_reference(&digest));
    }

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
