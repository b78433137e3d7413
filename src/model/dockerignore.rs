//! What a `.dockerignore` leaves out of the build context.
//!
//! Follows `github.com/moby/patternmatcher` and its `ignorefile`.

use super::Surroundings;
use super::path_pattern::PathPattern;

/// The patterns of a `.dockerignore`, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dockerignore {
    patterns: Vec<Pattern>,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As written, without blanks around it.
    pub text: String,
    /// The path that it names, `!` and the first slash left out.
    path: String,
    is_exception: bool,
    matcher: PathPattern,
}

impl Dockerignore {
    /// Reads the text of a file; none where a build refuses it, or its meaning is not sure.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        // A comment begins in the first column.
        Self::of(text.lines().filter(|line| !line.starts_with('#')))
    }

    /// Reads patterns one by one, as those of `--exclude`.
    pub fn of<'t>(lines: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        let mut patterns = Vec::new();
        for line in lines {
            let text = line.trim();
            let rest = text.strip_prefix('!');
            let path = clean(rest.unwrap_or(text).trim());
            if text.is_empty() {
                continue;
            }
            if path.is_empty() {
                return None;
            }
            let path = path.strip_prefix('/').filter(|rest| !rest.is_empty()).unwrap_or(&path).to_owned();
            let matcher = PathPattern::of_ignore(&path)?;
            patterns.push(Pattern { text: text.to_owned(), path, is_exception: rest.is_some(), matcher });
        }
        Some(Self { patterns })
    }

    /// The pattern that excludes a path of the context; none where the path goes in. A folder that is excluded takes its
    /// content along, unless a later exception names it.
    pub fn excluding(&self, path: &str) -> Option<&Pattern> {
        let mut excluding = None;
        for pattern in &self.patterns {
            if pattern.is_exception != excluding.is_some() {
                continue;
            }
            if pattern.matches_or_above(path) {
                excluding = (!pattern.is_exception).then_some(pattern);
            }
        }
        excluding
    }

    /// Whether an exception names something in a folder, or may: then some of the folder goes in.
    pub fn may_include_below(&self, folder: &str) -> bool {
        let start = format!("{folder}/");
        self.patterns.iter().any(|pattern| pattern.is_exception && pattern.matcher.may_continue(&start))
    }

    /// Whether a line is an exception, `!path`.
    pub fn has_exceptions(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.is_exception)
    }

    /// The pattern that leaves nothing of the context.
    pub fn excluding_all(&self) -> Option<&Pattern> {
        if self.has_exceptions() {
            return None;
        }
        self.patterns.iter().find(|pattern| matches!(pattern.path.as_str(), "*" | "**" | "**/*"))
    }
}

impl Pattern {
    fn matches_or_above(&self, path: &str) -> bool {
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at)).filter(|folder| !folder.is_empty());
        self.matcher.matches(path) || folders.into_iter().any(|folder| self.matcher.matches(folder))
    }
}

/// A path without `.`, `..`, doubled slashes and a slash at its end, where that is possible; nothing stays nothing.
pub fn clean(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) if !path.is_empty() => ".".to_owned(),
        _ => joined,
    }
}

impl Surroundings {
    /// The file that says what is left out of the build context, by name: `<Dockerfile>.dockerignore`, else `.dockerignore`.
    pub fn dockerignore(&self) -> Option<(String, Dockerignore)> {
        let context = self.context.as_ref()?;
        let own = self.name.as_ref().map(|name| format!("{name}.dockerignore"));
        let (name, text) = own
            .into_iter()
            .chain([".dockerignore".to_owned()])
            .find_map(|name| context.read(&name).map(|text| (name, text)))?;
        Some((name, Dockerignore::read(&String::from_utf8_lossy(&text))?))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn excludes(text: &str, path: &str) -> bool {
        Dockerignore::read(text).unwrap().excluding(path).is_some()
    }

    #[test]
    fn one_pattern() {
        for (pattern, path, expected) in [
            // Plain names, and what is in a folder.
            ("docs", "docs", true),
            ("docs", "docs/a/b.md", true),
            ("docs", "x/docs", false),
            ("docs", "docs2", false),
            ("/docs", "docs/a", true),
            ("docs/", "docs", true),
            ("./docs//x/../a", "docs/a", true),
            ("  docs  ", "docs", true),
            ("/", "docs", false),
            (".", "docs", false),
            ("../docs", "docs", false),
            // Wildcards stay in their folder.
            ("*", "docs/a", true),
            ("*.md", "a.md", true),
            ("*.md", "docs/a.md", false),
            ("*/*.md", "docs/a.md", true),
            ("*/*.md", "docs/b/a.md", false),
            (".*", ".env", true),
            (".*", "env", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("[a-c].txt", "b.txt", true),
            ("[^a-c].txt", "b.txt", false),
            (r"a\*b", "a*b", true),
            (r"a\*b", "axb", false),
            // Any number of folders.
            ("**", "a/b", true),
            ("**/", "a", true),
            ("**/*", "a/b", true),
            ("**/**", "a/b", true),
            ("**/a", "a", true),
            ("**/a", "x/y/a/z", true),
            ("**/a", "xa", false),
            ("**a", "xa", true),
            ("**a", "x/ya", true),
            ("**/*.jar", "target/app.jar", true),
            ("**/*.jar", "app.jar", true),
            ("**/a/*", "a", false),
            ("**/a/*", "x/a/b", true),
            ("a/**", "a", false),
            ("a/**", "a/b/c", true),
            ("a**", "ab/c", true),
            ("a**/*.txt", "a/x/y.txt", true),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true),
            ("a/**/b", "a/xb", false),
            ("a(b)+c", "a(b)+c", true),
            ("a.c", "abc", false),
        ] {
            assert_eq!(excludes(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn several() {
        for (text, path, expected) in [
            ("*\n!src", "src", false),
            ("*\n!src", "src/a", false),
            ("*\n!src", "lib", true),
            ("*\n!src\nsrc/a", "src/a", true),
            ("!src\n*", "src", true),
            ("docs\n!docs/a.md", "docs/a.md", false),
            ("docs\n!docs/a.md", "docs", true),
            ("docs\n! /docs/a.md", "docs/a.md", false),
            ("\u{FEFF}docs\r\n# lib\r\n\r\n", "docs", true),
            ("# docs\n #lib", "docs", false),
            (" #lib", "#lib", true),
        ] {
            assert_eq!(excludes(text, path), expected, "{text:?} {path}");
        }
        for refused in ["!", "a\n!", "[", "a\\"] {
            assert_eq!(Dockerignore::read(refused), None, "{refused}");
        }
    }

    #[test]
    fn folders_and_their_content() {
        for (text, folder, expected) in [
            ("docs\n!docs/a.md", "docs", true),
            ("docs\n!src/a.md", "docs", false),
            ("docs\n!**/*.md", "docs", true),
            ("docs\n!*.md", "docs", false),
            ("docs", "docs", false),
        ] {
            assert_eq!(Dockerignore::read(text).unwrap().may_include_below(folder), expected, "{text:?}");
        }
        let all = |text: &str| Dockerignore::read(text).unwrap().excluding_all().map(|pattern| pattern.text.clone());
        assert_eq!(all("a\n**/*"), Some("**/*".to_owned()));
        assert_eq!(all("/*"), Some("/*".to_owned()));
        assert_eq!(all("*\n!a"), None);
        assert_eq!(all("a"), None);
    }
}
