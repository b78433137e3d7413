//! Pieces of Markdown and HTML.

use oi_lint::diagnostic::{Diagnostic, Severity};
use oi_lint::dockerfile;
use oi_lint::dockerfile::ast::TokenKind;
use oi_lint::rulebook::Subject;
use oi_lint::source::{Source, Span};
use similar::{ChangeTag, TextDiff};

/// The languages that the highlighter of mdBook knows, of those that the documents have.
const HIGHLIGHTED: [&str; 9] = ["yaml", "json", "sh", "bash", "console", "make", "diff", "toml", "rust"];

/// Text in HTML. What cannot be seen stands as the sign for it, U+2400 and up.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(char),
            '\0'..='\u{1f}' => out.extend(char::from_u32(0x2400 + u32::from(char))),
            _ => out.push(char),
        }
    }
    out
}

/// Text in HTML, what stands in backticks as code.
pub(crate) fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    // A line break in an HTML block that is followed by another would end it.
    parts.iter().enumerate().map(part).collect::<String>().replace('\n', "<br>")
}

/// A severity in its colour.
pub(crate) fn severity(severity: Option<Severity>) -> String {
    severity
        .map_or_else(|| "–".to_owned(), |severity| format!("<span class=\"severity is-{severity}\">{severity}</span>"))
}

/// A block of code in a language.
pub(crate) fn block(language: &str, text: &str) -> String {
    match language {
        "dockerfile" => code(text, Subject::Dockerfile),
        _ if HIGHLIGHTED.contains(&language) => format!("```{language}\n{text}```\n"),
        _ => pre(&escape(text)),
    }
}

fn pre(html: &str) -> String {
    format!("<pre><code class=\"nohighlight\">{html}</code></pre>\n")
}

/// What a part of a file is shown as, a class; later ones are inside.
type Ranges = Vec<(Span, String)>;

/// A file.
pub(crate) fn code(text: &str, subject: Subject) -> String {
    Source::new(text.as_bytes().to_vec())
        .map_or_else(|_| pre(&escape(text)), |source| pre(&painted(&source, &syntax(&source, subject), &Vec::new())))
}

/// A file with its findings marked.
pub(crate) fn code_with(source: &Source, subject: Subject, found: &[Diagnostic]) -> String {
    let marks = found.iter().flat_map(|found| {
        let related = found.related.iter().map(|label| (label.span, "is-related".to_owned()));
        std::iter::once((found.span, format!("is-{}", found.severity))).chain(related)
    });
    pre(&painted(source, &syntax(source, subject), &marks.collect()))
}

/// A file after its fixes, the lines marked that they wrote.
pub(crate) fn code_after(before: &str, after: &str, subject: Subject) -> String {
    let Ok(source) = Source::new(after.as_bytes().to_vec()) else { return pre(&escape(after)) };
    let mut marks = Ranges::new();
    let mut at = 0;
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let length = change.value().len() as u32;
        match change.tag() {
            ChangeTag::Delete => continue,
            ChangeTag::Equal => {}
            ChangeTag::Insert => marks.push((Span::new(at, at + length), "is-written".to_owned())),
        }
        at += length;
    }
    pre(&painted(&source, &syntax(&source, subject), &marks))
}

/// Keywords, flags and comments. Of a file that is no Dockerfile only the comments are known.
fn syntax(source: &Source, subject: Subject) -> Ranges {
    if subject != Subject::Dockerfile {
        let lines = (1..=source.line_count()).map(|line| source.line_span(line));
        let comments = lines.filter(|&line| source.slice(line).trim_start().starts_with('#'));
        return comments.map(|line| (line, "hljs-comment".to_owned())).collect();
    }
    let class = |kind| match kind {
        TokenKind::Keyword => Some("hljs-keyword"),
        TokenKind::Comment => Some("hljs-comment"),
        TokenKind::Directive => Some("hljs-meta"),
        TokenKind::Flag => Some("hljs-attr"),
        _ => None,
    };
    let tokens = dockerfile::parse(source).tokens;
    tokens.iter().filter_map(|token| Some((token.span, class(token.kind)?.to_owned()))).collect()
}

/// HTML with a span for each piece of syntax, and a mark for each part of a line that is marked.
fn painted(source: &Source, syntax: &Ranges, marks: &Ranges) -> String {
    let text = source.text();
    let mut cuts: Vec<u32> = vec![0, text.len() as u32];
    cuts.extend(syntax.iter().chain(marks).flat_map(|(span, _)| [span.start, span.end]));
    cuts.extend(text.match_indices('\n').flat_map(|(at, _)| [at as u32, at as u32 + 1]));
    // The blanks that a line begins with are not marked.
    for line in (1..=source.line_count()).map(|line| source.line_span(line)) {
        let text = source.slice(line);
        cuts.push(line.start + (text.len() - text.trim_start().len()) as u32);
    }
    cuts.sort_unstable();
    cuts.dedup();
    let class = |ranges: &Ranges, at: u32| {
        ranges.iter().find(|(span, _)| span.start <= at && at < span.end).map(|(_, class)| class.clone())
    };
    let mut out = String::new();
    let mut open = None;
    for pair in cuts.windows(2) {
        let &[start, end] = pair else { continue };
        let piece = source.slice(Span::new(start, end));
        let marked = class(marks, start).filter(|_| !piece.trim_matches(['\n', '\t']).is_empty());
        if marked != open {
            out += if open.is_some() { "</mark>" } else { "" };
            out += &marked.as_ref().map_or_else(String::new, |class| format!("<mark class=\"{class}\">"));
            open = marked;
        }
        let html = escape(piece);
        out += &match class(syntax, start) {
            Some(class) => format!("<span class=\"{class}\">{html}</span>"),
            None => html,
        };
    }
    if open.is_some() { out + "</mark>" } else { out }
}
