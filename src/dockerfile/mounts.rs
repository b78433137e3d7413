//! The value of RUN --mount: a CSV line of `key=value` fields.

use super::ast::Word;
use crate::source::Span;

/// A mount, as far as it is written; nothing is refused here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mount {
    /// `type=`; BuildKit takes `bind` where there is none.
    pub kind: Option<Word>,
    /// `from=`
    pub from: Option<Word>,
    /// `source=`, `src=`
    pub source: Option<Word>,
    /// `target=`, `dst=`, `destination=`
    pub target: Option<Word>,
    /// `id=`
    pub id: Option<Word>,
    /// The whole value.
    pub span: Span,
}

/// Reads the value of a `--mount` flag. The fields' spans are exact where the value stands in the file as such.
pub fn read(value: &Word) -> Mount {
    let mut mount = Mount { span: value.span, ..Mount::default() };
    let mut at = 0;
    let verbatim = value.span.len() as usize == value.text.len();
    for field in value.text.split(',') {
        let start = at;
        at += field.len() + 1;
        let Some((key, text)) = field.trim_matches('"').split_once('=') else { continue };
        let from = start + (field.len() - field.trim_start_matches('"').len()) + key.len() + 1;
        let span = if verbatim {
            Span::new(value.span.start + from as u32, value.span.start + (from + text.len()) as u32)
        } else {
            value.span
        };
        let slot = match key.to_ascii_lowercase().as_str() {
            "type" => &mut mount.kind,
            "from" => &mut mount.from,
            "source" | "src" => &mut mount.source,
            "target" | "dst" | "destination" => &mut mount.target,
            "id" => &mut mount.id,
            _ => continue,
        };
        *slot = Some(Word { text: text.to_owned(), span });
    }
    mount
}

impl Mount {
    /// The mount's type in lower case.
    pub fn kind_text(&self) -> String {
        self.kind.as_ref().map_or_else(|| "bind".to_owned(), |kind| kind.text.to_ascii_lowercase())
    }
}

/// Why a value is no CSV line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// Nothing at all.
    #[error("EOF")]
    Empty,
    /// A quote inside a field that does not start with one.
    #[error("parse error on line 1, column {0}: bare \" in non-quoted-field")]
    BareQuote(usize),
    /// A quoted field that does not end, or goes on behind its quote.
    #[error("parse error on line 1, column {0}: extraneous or missing \" in quoted-field")]
    Quote(usize),
}

/// Splits a CSV line, as the library behind BuildKit does; columns in its errors count bytes from 1.
pub fn csv_fields(line: &str) -> Result<Vec<String>, CsvError> {
    let mut fields = Vec::new();
    if line.is_empty() {
        return Err(CsvError::Empty);
    }
    let mut rest = line;
    let column = |rest: &str| line.len() - rest.len() + 1;
    loop {
        let Some(mut quoted) = rest.strip_prefix('"') else {
            let field = rest.split(',').next().unwrap_or_default();
            if let Some(quote) = field.find('"') {
                return Err(CsvError::BareQuote(column(rest) + quote));
            }
            fields.push(field.to_owned());
            match rest.get(field.len() + 1..) {
                Some(behind) if rest.len() > field.len() => rest = behind,
                _ => return Ok(fields),
            }
            continue;
        };
        let mut field = String::new();
        loop {
            let Some((before, behind)) = quoted.split_once('"') else { return Err(CsvError::Quote(line.len() + 1)) };
            field.push_str(before);
            if let Some(more) = behind.strip_prefix('"') {
                field.push('"');
                quoted = more;
            } else if let Some(next) = behind.strip_prefix(',') {
                fields.push(field);
                rest = next;
                break;
            } else if behind.is_empty() {
                fields.push(field);
                return Ok(fields);
            } else {
                return Err(CsvError::Quote(column(behind) - 1));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_places() {
        let value = Word { text: "type=cache,target=/var/cache/apt,id=a".into(), span: Span::new(10, 47) };
        let mount = read(&value);
        assert_eq!(mount.kind_text(), "cache");
        let target = mount.target.unwrap();
        assert_eq!((target.text.as_str(), target.span), ("/var/cache/apt", Span::new(28, 42)));
    }

    #[test]
    fn csv() {
        assert_eq!(csv_fields("a,\"b,\"\"c\"\"\",").unwrap(), ["a", "b,\"c\"", ""]);
        assert_eq!(csv_fields("a\"b"), Err(CsvError::BareQuote(2)));
        assert_eq!(csv_fields("\"a\"b"), Err(CsvError::Quote(3)));
        assert_eq!(csv_fields("\"a"), Err(CsvError::Quote(3)));
    }
}
