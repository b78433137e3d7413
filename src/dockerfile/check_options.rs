//! The options of BuildKit's build checks: `# check=skip=A,B;error=true;experimental=C`.
//!
//! Follows `ParseLintOptions` and `WithMergedConfigFromComments` in BuildKit's frontend/dockerfile/linter/linter.go.

use super::ast::{Comment, Word};
use super::directives::{DirectiveLine, DirectiveParser};
use crate::source::Source;

/// Some of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checks {
    /// All of them.
    All,
    /// Those of these names.
    Named(Vec<String>),
}

impl Default for Checks {
    fn default() -> Self {
        Self::Named(Vec::new())
    }
}

impl Checks {
    fn read(text: &str) -> Self {
        match text.trim() {
            "all" => Self::All,
            names => Self::Named(names.split(',').map(|name| name.trim().to_owned()).collect()),
        }
    }

    /// Whether a check is among them; BuildKit minds the case.
    pub fn contains(&self, check: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|name| name == check),
        }
    }
}

/// What a file, or a comment above an instruction, asks of the checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// Those that are not run; experimental ones are not meant.
    pub skip: Checks,
    /// Experimental checks that are run.
    pub experimental: Checks,
    /// Whether a finding fails the build.
    pub is_error: bool,
}

/// Options that BuildKit refuses. The messages are BuildKit's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckOptionsError {
    /// An option that there is not, or a word without `=`.
    #[error("invalid check option {0:?}")]
    Option(String),
    /// `error=` with something that is no boolean.
    #[error("failed to parse check option {0:?}")]
    Boolean(String),
}

impl CheckOptions {
    /// Reads the value of a directive, which ends at its first blank.
    pub fn parse(value: &str) -> Result<Self, CheckOptionsError> {
        let value = value.split(' ').next().unwrap_or_default().trim();
        let mut options = Self::default();
        if value.is_empty() {
            return Ok(options);
        }
        for part in value.splitn(3, ';') {
            let (key, value) = part.split_once('=').ok_or_else(|| CheckOptionsError::Option(part.to_owned()))?;
            match key.trim() {
                "skip" => options.skip = Checks::read(value),
                "experimental" => options.experimental = Checks::read(value),
                "error" => {
                    options.is_error = match value.trim() {
                        "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
                        "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
                        _ => return Err(CheckOptionsError::Boolean(part.to_owned())),
                    }
                }
                key => return Err(CheckOptionsError::Option(key.to_owned())),
            }
        }
        Ok(options)
    }

    /// Reads the comments above an instruction: the first one that is a directive counts, if it can be read.
    pub fn of_comments(comments: &[Comment], source: &Source) -> Self {
        let directive = comments.iter().find_map(|comment| {
            match DirectiveParser::default().line(attached_text(comment, source), "") {
                DirectiveLine::Directive { name, value } if name == "check" => Some(value),
                _ => None,
            }
        });
        directive.and_then(|value| Self::parse(value).ok()).unwrap_or_default()
    }
}

/// The text of a comment above an instruction as BuildKit holds it: it takes the first character off the line for the `#`, also where
/// blanks stand before that.
pub fn attached_text<'s>(comment: &Comment, source: &'s Source) -> &'s str {
    let line = source.slice(source.line_span(comment.line)).trim_start_matches('\u{FEFF}');
    let mut rest = line.chars();
    rest.next();
    rest.as_str().trim()
}

/// The value of the directive `# check=` of a file. Other than the parser, BuildKit looks for it behind a shebang line too, and not
/// behind blanks.
pub fn directive(source: &Source) -> Option<Word> {
    super::directives::detect(source, "check", "#")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn options() {
        let named = |names: &[&str]| Checks::Named(names.iter().map(|&name| name.to_owned()).collect());
        for (text, skip, experimental, is_error) in [
            ("skip=all", Checks::All, Checks::default(), false),
            ("skip=A, B", named(&["A", ""]), Checks::default(), false),
            ("skip=A,B;error=true", named(&["A", "B"]), Checks::default(), true),
            ("error=T;experimental=all;skip=A", named(&["A"]), Checks::All, true),
            ("experimental=A // why", Checks::default(), named(&["A"]), false),
            ("error=false", Checks::default(), Checks::default(), false),
        ] {
            assert_eq!(CheckOptions::parse(text).unwrap(), CheckOptions { skip, experimental, is_error }, "{text}");
        }
        for refused in
            ["all", "skip=A;", "skip=A; error=true", "skipp=A", "error=yes", "a=b", "skip=A;error=1;error=1;x"]
        {
            CheckOptions::parse(refused).unwrap_err();
        }
    }
}
