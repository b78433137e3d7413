//! Packages that an install names without their version.

use crate::shell::ast::Word;
use crate::source::Span;

use super::{Command, Model};

/// The packages of one command that have no version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpinned {
    /// Where the first stands.
    pub span: Span,
    /// The first.
    pub package: String,
    /// How many others there are.
    pub others: usize,
}

impl Unpinned {
    /// For a message: "`curl`", "`curl` and 2 more".
    pub fn listed(&self) -> String {
        match self.others {
            0 => format!("`{}`", self.package),
            others => format!("`{}` and {others} more", self.package),
        }
    }
}

impl Model<'_> {
    /// The packages among the words of a command that `is_pinned` does not hold for. A variable that the file does not tell is
    /// taken as it is written: it shows no version.
    pub fn unpinned(
        &self,
        command: &Command<'_>,
        words: &[&Word],
        is_pinned: impl Fn(&str) -> bool,
    ) -> Option<Unpinned> {
        let mut found: Option<Unpinned> = None;
        for word in words {
            let texts = self.possible_words(command, word);
            for text in texts.unwrap_or_else(|| vec![self.source.slice(word.span).replace(['"', '\''], "")]) {
                match &mut found {
                    _ if is_pinned(&text) => {}
                    Some(found) => found.others += 1,
                    None => found = Some(Unpinned { span: word.span, package: text, others: 0 }),
                }
            }
        }
        found
    }
}

/// Whether the name of an RPM package has a version: a dash and a digit, or a dash and a variable.
pub fn has_rpm_version(package: &str) -> bool {
    let mut parts = package.split('-').skip(1);
    parts.any(|part| part.starts_with(|c: char| c.is_ascii_digit() || c == '$'))
}
