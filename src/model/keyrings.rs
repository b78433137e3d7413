//! Where the keys lie that package managers trust.

use crate::shell::ast::AssignedValue;

use super::files::FilePath;
use super::{Model, apt_source, written};

/// Where package managers keep the keys that they trust.
pub const FOLDERS: [&str; 7] = [
    "/etc/apt/keyrings",
    "/etc/apt/trusted.gpg.d",
    "/usr/share/keyrings",
    "/usr/local/share/keyrings",
    "/etc/apk/keys",
    "/etc/pki/rpm-gpg",
    "/etc/apt/trusted.gpg",
];

/// The length of a fingerprint.
const FINGERPRINT: usize = 40;

impl Model<'_> {
    /// The keyrings that package sources of the file name, wherever they lie.
    pub fn named_keyrings(&self) -> Vec<FilePath> {
        let lists = self.writes().iter().filter(|write| apt_source::is_list(&write.path));
        let values = lists.flat_map(|write| apt_source::sources(&write.text)).filter_map(|source| {
            let keyrings = source.option("signed-by")?.split([',', ' ']).filter(|path| path.starts_with('/'));
            Some(
                keyrings.filter(|path| !path.contains(written::is_unknown)).map(FilePath::absolute).collect::<Vec<_>>(),
            )
        });
        values.flatten().collect()
    }

    /// Whether a RUN names a fingerprint in full, which it then compares or exports.
    pub fn names_fingerprint(&self, step: usize) -> bool {
        self.commands_of(step).iter().any(|command| {
            let values =
                command.invocation.simple.assignments.iter().filter_map(|assignment| match &assignment.value {
                    AssignedValue::Scalar(word) => Some(word),
                    _ => None,
                });
            let redirects = command.invocation.statement.redirects.iter().map(|redirect| &redirect.target);
            command.invocation.simple.words.iter().chain(values).chain(redirects).any(|word| {
                let texts = self.possible_words(command, word).unwrap_or_default();
                texts.iter().any(|text| !text.contains("://") && has_fingerprint(text))
            })
        })
    }
}

/// Forty hexadecimal digits, in groups or not.
fn has_fingerprint(text: &str) -> bool {
    let mut digits = 0;
    for c in text.chars() {
        match c {
            ' ' => {}
            c if c.is_ascii_hexdigit() => digits += 1,
            _ => digits = 0,
        }
        if digits >= FINGERPRINT {
            return true;
        }
    }
    false
}
