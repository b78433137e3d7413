//! Settings: keys with values, in the arguments of commands and in the lines of configuration files.

use crate::shell::ast::Word;
use crate::source::Span;

use super::{Command, Model};

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key as written.
    pub key: String,
    /// The value, quotes and what ends it removed; empty where there is none.
    pub value: String,
    /// Where both stand.
    pub span: Span,
}

impl Setting {
    /// The last part of the key in lower case, without what separates words: `sslverify` of `http.sslVerify`, `verifypeer`
    /// of `Acquire::https::Verify-Peer`.
    pub fn name(&self) -> String {
        let last = self.key.trim_matches(':').rsplit(['.', ':']).next().unwrap_or_default();
        last.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
    }

    /// Whether the value turns the setting off.
    pub fn is_off(&self) -> bool {
        is_off(&self.value)
    }

    /// Whether the value turns the setting on.
    pub fn is_on(&self) -> bool {
        is_on(&self.value)
    }
}

/// Whether a text means no.
pub fn is_off(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off" | "none")
}

/// Whether a text means yes.
pub fn is_on(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on")
}

/// The key and the value of a line such as `key = value`, `key: value`, `key "value";` or `key`.
pub fn key_and_value(line: &str) -> Option<(&str, &str)> {
    // apt's settings may be nested: `Acquire::https { Verify-Peer "false"; };`
    let line = line.rsplit_once('{').map_or(line, |(_, inside)| inside);
    let line = line.trim().trim_start_matches("--");
    if line.is_empty() || line.starts_with(['#', '/']) || line.starts_with(';') {
        return None;
    }
    let ends_key = |(at, c): (usize, char)| {
        let value_follows = || line.get(at + 1..).is_some_and(|rest| rest.starts_with([' ', '"', '\'']));
        c.is_whitespace() || c == '=' || c == '"' || c == ':' && at > 0 && value_follows()
    };
    let end = line.char_indices().find(|&place| ends_key(place)).map_or(line.len(), |(at, _)| at);
    let (key, value) = line.split_at(end);
    let is_around = |c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\'' | ';' | ':' | '}');
    Some((key, value.trim_matches(is_around)))
}

impl Model<'_> {
    /// The settings in the arguments of a command: `-o key=value`, `config set key value`.
    pub fn settings(&self, command: &Command<'_>) -> Vec<Setting> {
        let Some(line) = &command.line else { return Vec::new() };
        let mut settings = Vec::new();
        let mut add = |text: &str, span: Span| {
            if let Some((key, value)) = text.contains('=').then(|| key_and_value(text)).flatten() {
                settings.push(Setting { key: key.to_owned(), value: value.to_owned(), span });
            }
        };
        let values = line.options.iter().filter_map(|option| Some((option, option.value.as_ref()?)));
        for (option, value) in values {
            let Some(text) = &value.text else { continue };
            add(text, value.span);
            add(&format!("{}={text}", option.name), option.span.to(value.span));
        }
        for word in &line.operands {
            if let Some(text) = self.only_word(command, word) {
                add(&text, word.span);
            }
        }
        let mut previous: Option<&Word> = None;
        for word in line.words {
            if let (Some(key), Some(value)) = (previous.and_then(Word::literal), word.literal()) {
                let span = previous.map_or(word.span, |previous| previous.span.to(word.span));
                let is_key =
                    (key.starts_with("--") || !key.starts_with('-')) && !key.contains('=') && !value.starts_with('-');
                settings.extend(is_key.then(|| Setting { key: key.into_owned(), value: value.into_owned(), span }));
            }
            previous = Some(word);
        }
        settings
    }

    /// The settings in the lines of the configuration files that the file writes, with the path of each.
    pub fn written_settings(&self) -> impl Iterator<Item = (&str, Setting)> {
        self.writes().iter().flat_map(move |write| {
            write.lines().filter_map(move |(at, line)| {
                let (key, value) = key_and_value(line)?;
                let start = at + (line.len() - line.trim_start().len());
                let end = at + line.trim_end().len();
                let span = write.span(self.source, start..end);
                Some((write.path.as_str(), Setting { key: key.to_owned(), value: value.to_owned(), span }))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        for (line, expected) in [
            ("gpgcheck=0", Some(("gpgcheck", "0"))),
            ("  strict-ssl = false", Some(("strict-ssl", "false"))),
            ("Acquire::https::Verify-Peer \"false\";", Some(("Acquire::https::Verify-Peer", "false"))),
            ("Acquire { https::Verify-Peer false };", Some(("https::Verify-Peer", "false"))),
            ("ssl_verify: no", Some(("ssl_verify", "no"))),
            (":ssl_verify_mode: 0", Some((":ssl_verify_mode", "0"))),
            ("insecure", Some(("insecure", ""))),
            ("# gpgcheck=0", None),
            ("", None),
        ] {
            assert_eq!(key_and_value(line), expected, "{line}");
        }
    }
}
