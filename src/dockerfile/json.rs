//! The JSON form of arguments: one complete JSON array of strings, as Go's `encoding/json` reads it.

use std::ops::Range;

/// What stands where a JSON array may stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum JsonForm {
    /// No JSON array: the shell form.
    Absent,
    /// An array that holds something else than strings, which BuildKit refuses.
    NotStrings,
    /// The strings, decoded, with their byte ranges in the text, quotes included.
    Strings(Vec<(String, Range<usize>)>),
}

/// Deeper arrays and objects are not read as JSON (Go's limit).
const MAX_DEPTH: usize = 10_000;

/// Reads `text` as a JSON array. `substituted` says that U+001A stands for bytes that are no UTF-8.
pub(super) fn read(text: &str, substituted: bool) -> JsonForm {
    let mut scanner = Scanner { bytes: text.as_bytes(), text, at: 0, substituted };
    let blanks = text.len() - text.trim_start().len();
    scanner.at = blanks;
    scanner.array().unwrap_or(JsonForm::Absent)
}

/// The JSON array of some strings, in the spacing of the Dockerfile reference.
pub(super) fn write<'t>(strings: impl IntoIterator<Item = &'t str>) -> String {
    let mut array = String::from("[");
    for string in strings {
        array.push_str(if array.len() == 1 { "\"" } else { ", \"" });
        for character in string.chars() {
            match character {
                '"' | '\\' => array.extend(['\\', character]),
                '\n' => array.push_str("\\n"),
                '\t' => array.push_str("\\t"),
                '\r' => array.push_str("\\r"),
                _ if character < ' ' => array.push_str(&format!("\\u{:04x}", u32::from(character))),
                _ => array.push(character),
            }
        }
        array.push('"');
    }
    array.push(']');
    array
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    substituted: bool,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// `None` means that this is no JSON.
    fn array(&mut self) -> Option<JsonForm> {
        self.take(b'[')?;
        let mut strings = Vec::new();
        let mut others = false;
        self.skip_blanks();
        if self.take(b']').is_none() {
            loop {
                self.skip_blanks();
                let start = self.at;
                if self.peek() == Some(b'"') {
                    let decoded = self.string()?;
                    strings.push((decoded, start..self.at));
                } else {
                    self.value()?;
                    others = true;
                }
                self.skip_blanks();
                if self.take(b',').is_none() {
                    self.take(b']')?;
                    break;
                }
            }
        }
        self.skip_blanks();
        if self.at != self.bytes.len() {
            return None;
        }
        Some(if others { JsonForm::NotStrings } else { JsonForm::Strings(strings) })
    }

    /// Skips one value of any kind without recursion: `open` holds the brackets that wait for their end.
    fn value(&mut self) -> Option<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek()? {
                bracket @ (b'[' | b'{') => {
                    self.at += 1;
                    self.skip_blanks();
                    let close = if bracket == b'[' { b']' } else { b'}' };
                    if self.take(close).is_none() {
                        open.push(close);
                        if open.len() > MAX_DEPTH {
                            return None;
                        }
                        self.key_of(close)?;
                        continue;
                    }
                }
                b'"' => {
                    self.string()?;
                }
                _ => self.literal()?,
            }
            loop {
                let Some(&close) = open.last() else { return Some(()) };
                self.skip_blanks();
                if self.take(b',').is_some() {
                    self.key_of(close)?;
                    break;
                }
                self.take(close)?;
                open.pop();
            }
        }
    }

    /// Inside an object, reads the key and its colon.
    fn key_of(&mut self, close: u8) -> Option<()> {
        if close == b'}' {
            self.skip_blanks();
            self.string()?;
            self.skip_blanks();
            self.take(b':')?;
        }
        Some(())
    }

    fn literal(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let len =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))).unwrap_or(rest.len());
        let word = rest.get(..len)?;
        let valid = matches!(word, "true" | "false" | "null") || is_number(word);
        self.at += len;
        valid.then_some(())
    }

    fn string(&mut self) -> Option<String> {
        self.take(b'"')?;
        let mut decoded = String::new();
        loop {
            let rest = self.text.get(self.at..)?;
            let plain = rest.find(|c: char| c < ' ' || c == '"' || c == '\\')?;
            decoded.push_str(rest.get(..plain)?);
            self.at += plain + 1;
            match rest.as_bytes().get(plain)? {
                b'"' => return Some(decoded),
                b'\\' => decoded.push(self.escaped()?),
                0x1A if self.substituted => decoded.push(char::REPLACEMENT_CHARACTER),
                _ => return None,
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\x08',
            b'f' => '\x0C',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode()?,
            _ => return None,
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if (0xD800..0xDC00).contains(&first) {
            let behind_first = self.at;
            if self.take(b'\\').is_some() && self.take(b'u').is_some() {
                let second = self.hex()?;
                if (0xDC00..0xE000).contains(&second) {
                    return char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
                }
            }
            self.at = behind_first;
        }
        // Go decodes a lone surrogate as U+FFFD.
        Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Option<Vec<String>> {
        match read(text, false) {
            JsonForm::Strings(strings) => Some(strings.into_iter().map(|(text, _)| text).collect()),
            _ => None,
        }
    }

    #[test]
    fn arrays_of_strings() {
        for (text, expected) in [
            ("[]", &[] as &[&str]),
            (" [ ] ", &[]),
            (r#"["a","b"]"#, &["a", "b"]),
            (r#"["\u00e9\n\ud83d\ude00\ud800"]"#, &["é\n😀\u{FFFD}"]),
        ] {
            assert_eq!(
                strings(text).as_deref(),
                Some(expected.iter().map(|&s| s.to_owned()).collect::<Vec<_>>().as_slice()),
                "{text}"
            );
        }
    }

    #[test]
    fn arrays_are_written() {
        for text in ["[]", r#"["a", "b c"]"#, r#"["\"\\\n\t\u001f", "'é"]"#] {
            let read = strings(text).unwrap();
            assert_eq!(write(read.iter().map(String::as_str)), text);
        }
    }

    #[test]
    fn no_json() {
        for text in [
            "",
            "x",
            "[",
            r#"["a",]"#,
            r#"["a"] x"#,
            "['a']",
            r#"["\x"]"#,
            "[\"\t\"]",
            "[01]",
            "[1.]",
            "[-]",
            "[[1]",
            r#"[{"a"}]"#,
        ] {
            assert_eq!(read(text, false), JsonForm::Absent, "{text}");
        }
        assert_eq!(read(&"[".repeat(100_000), false), JsonForm::Absent);
    }

    #[test]
    fn not_strings() {
        for text in [r#"["a", 1]"#, "[null]", "[-1.5e+3]", r#"[{"a": [1, {}], "b": "c"}, []]"#, "[true,false]"] {
            assert_eq!(read(text, false), JsonForm::NotStrings, "{text}");
        }
    }
}
