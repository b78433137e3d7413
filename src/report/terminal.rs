//! What the place that a report is printed to can show.

use std::env;
use std::io::IsTerminal;

use crate::diagnostic::Severity;

/// Text is wrapped at this many columns where the terminal is wider: longer lines are hard to read.
const WIDEST_TEXT: usize = 100;
/// Columns where the output is no terminal and `COLUMNS` is not set.
const PIPED_TEXT: usize = 80;
/// Columns of a line of code where the output is no terminal: a log is scrolled, so cut late.
const PIPED_CODE: usize = 200;
/// Below this nothing could be laid out.
const NARROWEST: usize = 40;

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What the output can show.
#[allow(clippy::struct_excessive_bools, reason = "they do not depend on each other")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Columns to wrap text at.
    pub text_width: usize,
    /// Columns to cut lines of code at.
    pub code_width: usize,
    /// The columns that there are, where that is known.
    pub columns: Option<usize>,
    /// Whether somebody looks at it.
    pub is_terminal: bool,
    /// Whether colours are shown.
    pub color: bool,
    /// Whether box drawing characters are shown; ASCII otherwise.
    pub unicode: bool,
    /// Whether OSC 8 hyperlinks are shown.
    pub links: bool,
}

impl Terminal {
    /// A pipe that takes ASCII: the least that every output can show.
    pub const PLAIN: Self = Self {
        text_width: PIPED_TEXT,
        code_width: PIPED_CODE,
        columns: None,
        is_terminal: false,
        color: false,
        unicode: false,
        links: false,
    };

    /// What standard output can show.
    pub fn stdout(color: Color) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let links = is_terminal && supports_hyperlinks::supports_hyperlinks();
        Self::detect(color, is_terminal, links)
    }

    /// What standard error can show.
    pub fn stderr(color: Color) -> Self {
        Self::detect(color, std::io::stderr().is_terminal(), false)
    }

    fn detect(color: Color, is_terminal: bool, links: bool) -> Self {
        let columns = columns(is_terminal);
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => auto_color(is_terminal, |name| env::var(name).ok()),
        };
        Self {
            text_width: columns.unwrap_or(PIPED_TEXT).clamp(NARROWEST, WIDEST_TEXT),
            code_width: columns.unwrap_or(PIPED_CODE).max(NARROWEST),
            columns,
            is_terminal,
            color,
            unicode: supports_unicode::supports_unicode(),
            links: links && color,
        }
    }

    /// The text between the codes of a style, where colours are shown.
    pub fn paint(&self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
        } else {
            text.to_owned()
        }
    }

    /// A text, or its beginning where it does not fit into so many columns.
    pub fn cut(&self, text: &str, room: Option<usize>) -> String {
        let sign = if self.unicode { "…" } else { "..." };
        match room {
            Some(room) if text.chars().count() > room => {
                let kept: String = text.chars().take(room.saturating_sub(sign.chars().count())).collect();
                kept.trim_end().to_owned() + sign
            }
            _ => text.to_owned(),
        }
    }
}

/// How a piece of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Headings and names.
    Bold,
    /// What is less important.
    Dim,
    /// Errors, and bad examples.
    Red,
    /// Warnings.
    Yellow,
    /// Good examples.
    Green,
    /// Infos, help and links.
    Cyan,
}

impl Style {
    /// The colour of a severity.
    pub const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Red,
            Severity::Warning => Self::Yellow,
            Severity::Info => Self::Cyan,
        }
    }

    /// The parameter of the SGR sequence.
    const fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Green => "32",
            Self::Cyan => "36",
        }
    }
}

/// `COLUMNS` is not exported by shells, so who sets it means it; then comes the terminal.
fn columns(is_terminal: bool) -> Option<usize> {
    let set = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|&columns| columns > 0);
    set.or_else(|| {
        let size = if is_terminal { terminal_size::terminal_size() } else { None };
        size.map(|(terminal_size::Width(width), _)| usize::from(width)).filter(|&width| width > 0)
    })
}

/// <https://no-color.org> and <https://bixense.com/clicolors>: `NO_COLOR` wins, then `CLICOLOR_FORCE`.
fn auto_color(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
    let is_on = |name| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
    if is_set("NO_COLOR") {
        return false;
    }
    if is_on("CLICOLOR_FORCE") {
        return true;
    }
    is_terminal && variable("TERM").as_deref() != Some("dumb") && variable("CLICOLOR").as_deref() != Some("0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_on_colours() {
        for (is_terminal, variables, expected) in [
            (true, &[][..], true),
            (false, &[], false),
            (true, &[("NO_COLOR", "1")], false),
            (true, &[("NO_COLOR", "")], true),
            (true, &[("TERM", "dumb")], false),
            (true, &[("CLICOLOR", "0")], false),
            (false, &[("CLICOLOR_FORCE", "1")], true),
            (false, &[("CLICOLOR_FORCE", "0")], false),
            (false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
            (false, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], true),
        ] {
            let lookup =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(auto_color(is_terminal, lookup), expected, "{is_terminal} {variables:?}");
        }
    }
}
