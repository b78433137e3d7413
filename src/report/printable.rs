//! Makes text from files safe to print: nothing in it can steer the terminal or reorder what is read.

use std::borrow::Cow;

/// The text with control and bidirectional formatting characters replaced, each by a character of the same length in
/// bytes, so that offsets keep their meaning. Tabs and line feeds are kept.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(|char| replacement(char).is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|char| replacement(char).unwrap_or(char)).collect())
}

/// [`printable`] on one line: tabs and line feeds become spaces.
pub fn printable_line(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    if text.contains(['\n', '\t']) { Cow::Owned(text.replace(['\n', '\t'], " ")) } else { text }
}

/// A text of JSON that means the same, with escapes for such characters: they stand in its strings alone. Those below U+0020 are
/// escaped there already, or lay it out.
pub fn printable_json(text: &str) -> Cow<'_, str> {
    let is_escaped = |char: char| char >= '\u{7F}' && steers(char);
    // Most reports are ASCII, and long.
    if text.bytes().all(|byte| byte < 0x7F) || !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if is_escaped(char) {
            out.push_str(&format!("\\u{:04x}", u32::from(char)));
        } else {
            out.push(char);
        }
    }
    Cow::Owned(out)
}

/// Whether a character can steer a terminal or reorder what is read.
pub(super) fn steers(char: char) -> bool {
    replacement(char).is_some()
}

fn replacement(char: char) -> Option<char> {
    match char {
        '\t' | '\n' => None,
        // C0 and DEL, among them the SUBSTITUTE that stands for a byte that is no UTF-8: one byte.
        '\0'..='\u{1F}' | '\u{7F}' => Some('?'),
        // C1 and the Arabic letter mark: two bytes.
        '\u{80}'..='\u{9F}' | '\u{61C}' => Some('\u{BF}'),
        // Marks, line and paragraph separators, embeddings, overrides and isolates: three bytes.
        '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Some('\u{FFFD}'),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn replaces_what_steers_a_terminal_at_equal_length() {
        for (text, expected) in [
            ("a\tb\n", "a\tb\n"),
            ("\u{1b}[31mred\u{7}", "?[31mred?"),
            ("\r", "?"),
            ("\u{85}\u{9b}31m", "¿¿31m"),
            ("a\u{202e}b\u{2066}", "a\u{FFFD}b\u{FFFD}"),
            ("żółw 漢字", "żółw 漢字"),
        ] {
            assert_eq!(printable(text), expected);
            assert_eq!(printable(text).len(), text.len());
        }
        assert_eq!(printable_line("a\nb\u{1b}"), "a b?");
    }

    #[test]
    fn json_means_the_same() {
        for text in ["plain ż", "\u{1b}[31m\r\n\t\\", "a\u{7f}\u{9b}\u{202e}b\u{2066}\u{61c}\\\u{200e}"] {
            let written = serde_json::Value::from(text).to_string();
            let shown = printable_json(&written);
            assert_eq!(shown, printable(&shown));
            assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
    }
}
