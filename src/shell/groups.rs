//! Groups in a pattern, `@(a|b)`, that do not end in it.
//!
//! The parser takes each bracket that may open a group for one, goes back where it finds no end, and tries the next, up to eight in
//! one another: its work grows with the eighth power of their number (`PatternParser` in shuck-parser). So they are counted first.
//! It knows a pattern by more than one way of reading quotes, so a bracket counts as closed only where every way agrees.

/// What makes a bracket a group where it stands before it.
const OPERATORS: &[u8] = b"?*+@!";

/// How many groups may be without an end in the patterns of commands: those with an operator before them in all of the text, or any
/// bracket in the patterns of one branch of a `case`. As far as `enough`.
pub(super) fn unclosed_groups(text: &str, enough: usize) -> usize {
    let bytes = text.as_bytes();
    let open = open_brackets(bytes);
    if open.len() < enough {
        return open.len();
    }
    let has_operator = |&&at: &&usize| {
        at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(|byte| OPERATORS.contains(byte))
    };
    let mut most = open.iter().filter(has_operator).count();
    // A branch that looks for its end in all of the text is looked at no oftener than the parser could bear.
    let mut steps = 64 * bytes.len();
    for start in branches(bytes) {
        if most >= enough {
            break;
        }
        let (taken, end) = end_of_patterns(bytes, start);
        let Some(left) = steps.checked_sub(taken) else { return enough };
        steps = left;
        if let Some(end) = end {
            let within = open.partition_point(|&at| at < end) - open.partition_point(|&at| at < start);
            most = most.max(within);
        }
    }
    most
}

/// The brackets whose end has nothing before it that could be, or hide, another end: no quote, brace or backslash.
fn open_brackets(bytes: &[u8]) -> Vec<usize> {
    let (mut open, mut inner) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'(' => inner.push(at),
            b')' => _ = inner.pop(),
            b'[' if let Some(end) = end_of_class(bytes, at) => at = end,
            b'\'' | b'"' | b'`' | b'{' | b'}' | b'[' => open.append(&mut inner),
            b'\\' => {
                open.append(&mut inner);
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    open.append(&mut inner);
    open
}

/// The last byte of a class like `[a-z]` or `[![:digit:]]` that holds nothing to be read in two ways.
fn end_of_class(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at = match bytes.get(at)? {
            b']' if at > start + 1 => return Some(at),
            b'[' if bytes.get(at + 1) == Some(&b':') => {
                let name = bytes.get(at + 2..)?.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                let end = at + 2 + name;
                if bytes.get(end..end + 2)? != b":]" {
                    return None;
                }
                end + 2
            }
            byte if byte.is_ascii_alphanumeric() || b"!^-_.,:/+*?@%=".contains(byte) => at + 1,
            _ => return None,
        }
    }
}

/// Where the patterns of a branch of a `case` may begin, in quotes and comments too.
fn branches(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0;
    let mut has_subject = false;
    // Words since `for`, whose `in` is its own.
    let mut since_for = None;
    std::iter::from_fn(move || {
        while let Some(&byte) = bytes.get(at) {
            let word = word(bytes, at);
            if !word.is_empty() {
                at += word.len();
                let words = since_for.take();
                match word {
                    b"case" => has_subject = true,
                    b"esac" => has_subject = false,
                    b"for" | b"select" => since_for = Some(0),
                    b"in" if has_subject && words != Some(1) => return Some(after_blanks(bytes, at)),
                    _ => since_for = words.map(|words| words + 1),
                }
                continue;
            }
            at += 1;
            if !matches!(byte, b' ' | b'\t') {
                since_for = None;
            }
            if byte == b';' && matches!(bytes.get(at), Some(b';' | b'&' | b'|')) {
                at += if bytes.get(at + 1) == Some(&b'&') { 2 } else { 1 };
                has_subject = false;
                let start = after_blanks(bytes, at);
                if self::word(bytes, start) != b"esac" {
                    return Some(start);
                }
            }
        }
        None
    })
}

/// The word that stands here, without quotes; empty where none does.
fn word(bytes: &[u8], at: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let len = rest.iter().position(|byte| byte.is_ascii_whitespace() || b";&|()<>{}'\"`".contains(byte));
    rest.get(..len.unwrap_or(rest.len())).unwrap_or_default()
}

/// The offset after blanks, ends of lines and comments.
fn after_blanks(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'\\' if bytes.get(at + 1) == Some(&b'\n') => at += 2,
            b'#' => at += bytes.iter().skip(at).take_while(|&&byte| byte != b'\n').count(),
            _ => break,
        }
    }
    at
}

/// How many bytes the parser looks at for the bracket that ends the patterns which begin here, and where it finds it. Quotes do not
/// nest in that search, and brackets and braces count (`scan_zsh_case_arm_delimiter` in shuck-parser).
fn end_of_patterns(bytes: &[u8], start: usize) -> (usize, Option<usize>) {
    let (mut groups, mut classes, mut braces) = (0_usize, 0_usize, 0_usize);
    let mut quote = None;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        let is_bare = classes == 0 && braces == 0;
        if byte == b'\\' && quote != Some(b'\'') {
            at += 1;
        } else if let Some(open) = quote {
            quote = Some(open).filter(|&open| byte != open);
        } else {
            match byte {
                b'\'' | b'"' | b'`' => quote = Some(byte),
                b'[' => classes += 1,
                b']' => classes = classes.saturating_sub(1),
                b'{' => braces += 1,
                b'}' => braces = braces.saturating_sub(1),
                b'(' if is_bare => groups += 1,
                b')' if is_bare && groups == 0 => return (at - start, Some(at)),
                b')' if is_bare => groups -= 1,
                _ => {}
            }
        }
        at += 1;
    }
    (at.saturating_sub(start), None)
}
