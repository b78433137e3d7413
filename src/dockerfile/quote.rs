//! Go's `%q`: how BuildKit's messages show a text.

use std::fmt::Write;

/// The text in double quotes, with what does not print escaped (Go's `strconv.Quote`).
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x0C' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\x0B' => quoted.push_str("\\v"),
            ' ' => quoted.push(' '),
            _ if character.is_control() || character.is_whitespace() => {
                // Writing to a string cannot fail.
                let _ = if character.is_ascii() {
                    write!(quoted, "\\x{:02x}", u32::from(character))
                } else {
                    write!(quoted, "\\u{:04x}", u32::from(character))
                };
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn quotes_as_go_does() {
        let rows = [
            ("", r#""""#),
            ("a b", r#""a b""#),
            ("a\"b\\", r#""a\"b\\""#),
            ("\t\n\x00\x7f", r#""\t\n\x00\x7f""#),
            ("ż\u{a0}\u{85}", r#""ż\u00a0\u0085""#),
        ];
        for (text, quoted) in rows {
            assert_eq!(quote(text), quoted);
        }
    }
}
