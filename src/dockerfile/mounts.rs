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

/// What BuildKit refuses in a mount once its variables are filled in (`parseMount` and `validateMount` in
/// `frontend/dockerfile/instructions/commands_runmount.go`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountErrorKind {
    /// A word without `=` that needs a value, or that no mount has.
    NotAPair(String),
    /// No such type.
    Type(String),
    /// No such key.
    Key(String),
    /// Only mounts of other types have this key.
    KeyOfOtherType {
        /// The key in lower case.
        key: String,
        /// The type of this mount.
        kind: String,
    },
    /// No such mode of sharing.
    Sharing(String),
}

/// The types of mounts.
pub const TYPES: [&str; 5] = ["bind", "cache", "secret", "ssh", "tmpfs"];
/// The ways in which builds share a cache.
pub const SHARING: [&str; 3] = ["locked", "private", "shared"];
/// The keys of mounts, each with the types that have it; those of every type are without.
pub const KEYS: [(&str, &[&str]); 19] = [
    ("type", &[]),
    ("from", &["bind", "cache", "ssh", "tmpfs"]),
    ("source", &[]),
    ("src", &[]),
    ("target", &[]),
    ("dst", &[]),
    ("destination", &[]),
    ("readonly", &[]),
    ("ro", &[]),
    ("readwrite", &[]),
    ("rw", &[]),
    ("id", &[]),
    ("sharing", &["cache"]),
    ("required", &["secret", "ssh"]),
    ("size", &["tmpfs"]),
    ("mode", &["cache", "secret", "ssh"]),
    ("uid", &["cache", "secret", "ssh"]),
    ("gid", &["cache", "secret", "ssh"]),
    ("env", &["secret"]),
];

/// The first field that surely breaks the build, and where it stands. What a variable decides is left alone.
pub fn error(value: &Word) -> Option<(MountErrorKind, Span)> {
    let fields = csv_fields(&value.text).ok()?;
    let verbatim = value.span.len() as usize == value.text.len() && !value.text.contains('"');
    let kind = read(value).kind_text();
    let mut at = value.span.start;
    for field in fields {
        let span = if verbatim { Span::new(at, at + field.len() as u32) } else { value.span };
        at += field.len() as u32 + 1;
        let (key, text) = field.split_once('=').map_or((field.as_str(), None), |(key, text)| (key, Some(text)));
        let key = key.to_ascii_lowercase();
        if field.contains('$') {
            continue;
        }
        let known = KEYS.iter().find(|(known, _)| *known == key);
        let is_switch = matches!(key.as_str(), "readonly" | "ro" | "readwrite" | "rw" | "required");
        let error = match (known, text) {
            (None, Some(_)) => MountErrorKind::Key(key),
            (_, None) if !is_switch => MountErrorKind::NotAPair(field),
            (_, Some(text)) if key == "type" && !TYPES.contains(&text.to_ascii_lowercase().as_str()) => {
                MountErrorKind::Type(text.to_owned())
            }
            (_, Some(text)) if key == "sharing" && !SHARING.contains(&text.to_ascii_lowercase().as_str()) => {
                MountErrorKind::Sharing(text.to_owned())
            }
            (Some((_, types)), _)
                if TYPES.contains(&kind.as_str()) && !types.is_empty() && !types.contains(&kind.as_str()) =>
            {
                MountErrorKind::KeyOfOtherType { key, kind: kind.clone() }
            }
            _ => continue,
        };
        return Some((error, span));
    }
    None
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
    fn errors() {
        let other = |key: &str, kind: &str| MountErrorKind::KeyOfOtherType { key: key.into(), kind: kind.into() };
        for (text, expected) in [
            ("type=cache,target=/a,sharing=LOCKED,uid=0", None),
            ("type=secret,id=a,required,mode=0400,env=A", None),
            ("type=Bind,ro,from=a,source=/a,target=/b", None),
            ("type=$T,size=1,target=/a", None),
            ("type=cashe", Some((MountErrorKind::Type("cashe".into()), 0, 10))),
            ("target=/a,sice=1", Some((MountErrorKind::Key("sice".into()), 10, 16))),
            ("type=cache,target", Some((MountErrorKind::NotAPair("target".into()), 11, 17))),
            ("sharing=all,type=cache", Some((MountErrorKind::Sharing("all".into()), 0, 11))),
            ("target=/a,required", Some((other("required", "bind"), 10, 18))),
            ("type=secret,from=a", Some((other("from", "secret"), 12, 18))),
            // The instruction stage refuses it.
            ("", None),
        ] {
            let value = Word { text: text.into(), span: Span::new(0, text.len() as u32) };
            let expected = expected.map(|(kind, start, end)| (kind, Span::new(start, end)));
            assert_eq!(error(&value), expected, "{text}");
        }
    }

    #[test]
    fn csv() {
        assert_eq!(csv_fields("a,\"b,\"\"c\"\"\",").unwrap(), ["a", "b,\"c\"", ""]);
        assert_eq!(csv_fields("a\"b"), Err(CsvError::BareQuote(2)));
        assert_eq!(csv_fields("\"a\"b"), Err(CsvError::Quote(3)));
        assert_eq!(csv_fields("\"a"), Err(CsvError::Quote(3)));
    }
}
