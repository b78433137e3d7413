//! Expansions in a here-document that do not end in it.
//!
//! For each of them the parser reads the rest of the text once more, and in it all that follow: the time doubles with each. So they
//! are counted first, each read as the parser reads it (`scan_array_parameter_expansion_len` in shuck-parser).

/// What is open.
#[derive(Debug)]
struct Frame {
    kind: Kind,
    quote: Option<Quote>,
}

/// What keeps an end from being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    Single,
    /// `$'`
    Ansi,
    Double,
    Backtick,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `${`
    Parameter,
    /// `$((`, with the brackets that are open.
    Arithmetic(usize),
    /// `$(`, `<(`, `>(`, with the brackets that are open.
    Commands(usize),
}

impl Frame {
    fn of(kind: Kind) -> Self {
        Self { kind, quote: None }
    }
}

/// How many expansions in the text of a here-document have no end, or one that takes a shell to find; as far as `enough`.
pub(super) fn unclosed(text: &str, enough: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut found) = (0, 0);
    while found < enough && at < bytes.len() {
        if bytes.get(at) == Some(&b'\\') {
            at += 2;
        } else if let Some((kind, inside)) = opened(bytes, at, false) {
            at = match end(bytes, inside, kind) {
                Some(end) => end,
                None => {
                    found += 1;
                    at + 1
                }
            };
        } else {
            at += 1;
        }
    }
    found
}

/// What opens at an offset, and where its inside begins.
fn opened(bytes: &[u8], at: usize, has_processes: bool) -> Option<(Kind, usize)> {
    let next = bytes.get(at + 1).copied();
    match (bytes.get(at)?, next, bytes.get(at + 2)) {
        (b'$', Some(b'{'), _) => Some((Kind::Parameter, at + 2)),
        (b'$', Some(b'('), Some(b'(')) => Some((Kind::Arithmetic(2), at + 3)),
        (b'$', Some(b'('), _) => Some((Kind::Commands(1), at + 2)),
        (b'<' | b'>', Some(b'('), _) if has_processes => Some((Kind::Commands(1), at + 2)),
        _ => None,
    }
}

/// Where an expansion ends, with all that is in it.
fn end(bytes: &[u8], mut at: usize, kind: Kind) -> Option<usize> {
    let mut outer = Vec::new();
    let mut top = Frame::of(kind);
    loop {
        let byte = *bytes.get(at)?;
        let next = bytes.get(at + 1).copied();
        if byte == b'\\' && top.quote != Some(Quote::Single) {
            at += 2;
            continue;
        }
        let is_here_document = byte == b'<' && next == Some(b'<');
        if matches!(top.kind, Kind::Commands(_))
            && top.quote.is_none()
            && (matches!(byte, b'#' | b'`') || is_here_document || is_case(bytes, at))
        {
            return None;
        }
        if matches!(top.quote, None | Some(Quote::Double)) {
            let has_processes = top.quote.is_none() && top.kind == Kind::Parameter;
            if let Some((kind, inside)) = opened(bytes, at, has_processes) {
                outer.push(std::mem::replace(&mut top, Frame::of(kind)));
                at = inside;
                continue;
            }
        }
        at += 1;
        match (byte, top.quote) {
            (b'\'', Some(Quote::Single | Quote::Ansi))
            | (b'"', Some(Quote::Double))
            | (b'`', Some(Quote::Backtick)) => {
                top.quote = None;
            }
            (b'\'', None) => top.quote = Some(Quote::Single),
            (b'"', None) => top.quote = Some(Quote::Double),
            (b'`', None) if top.kind == Kind::Parameter => top.quote = Some(Quote::Backtick),
            (b'$', None) if next == Some(b'\'') => {
                top.quote = Some(Quote::Ansi);
                at += 1;
            }
            (b'(', None) => match &mut top.kind {
                Kind::Parameter => {}
                Kind::Arithmetic(open) | Kind::Commands(open) => *open += 1,
            },
            (b')' | b'}', None) => {
                let closes = match &mut top.kind {
                    Kind::Parameter => byte == b'}',
                    Kind::Arithmetic(open) | Kind::Commands(open) if byte == b')' => {
                        *open -= 1;
                        *open == 0
                    }
                    _ => false,
                };
                if closes {
                    let Some(frame) = outer.pop() else { return Some(at) };
                    top = frame;
                }
            }
            _ => {}
        }
    }
}

/// Whether the word `case` stands here: its patterns end in brackets that nothing opens.
fn is_case(bytes: &[u8], at: usize) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let starts = bytes.get(at..).unwrap_or_default().starts_with(b"case");
    starts && !is_word(bytes.get(at + 4)) && !is_word(at.checked_sub(1).and_then(|before| bytes.get(before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (text, expected) in [
            ("", 0),
            ("a $b ${c} ${d:-e} $(f \"$g\") $((h + 1)) \\${i", 0),
            ("${a:-\"}\"} ${b:-'}'} ${c#$'\\''} $(d '(' \")\") ${e:-`}`} ${f:-<(g)}", 0),
            ("${a", 1),
            ("${a ${b ${c", 3),
            ("${a:-$(b $((c", 3),
            ("${it's ${it's} ${it's ${a}", 1),
            ("$(( \"${a ", 2),
            ("$(a # )\n) $(case a in b) c ;; esac) $(cat <<E)", 3),
        ] {
            assert_eq!(unclosed(text, 100), expected, "{text}");
        }
        assert_eq!(unclosed(&"${a ".repeat(1000), 9), 9);
    }
}
