//! `oi-lint explain RULE`: a rule's page of the book, in the terminal.

use std::io::Write;

use textwrap::{Options, WordSeparator, WordSplitter};

use super::rules::applicability;
use super::{CommandError, Exit, book};
use crate::cli::ExplainArgs;
use crate::report::{Style, Terminal, printable, printable_line};
use crate::rulebook::{Example, Profile, Rule};

/// Columns of the labels.
const LABEL: usize = 11;

/// Prints every rule that answers to the name.
pub fn run(args: &ExplainArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let book = book(&args.rules)?;
    let terminal = Terminal::stdout(args.color.choice());
    let name = args.rule.trim();
    let rules = book.find(name);
    if rules.is_empty() {
        let suggestion = book.nearest(name).map(str::to_owned);
        return Err(CommandError::UnknownRule { name: name.to_owned(), suggestion });
    }
    for (index, rule) in rules.into_iter().enumerate() {
        if index > 0 {
            out.write_all(b"\n")?;
        }
        out.write_all(page(rule, &terminal).as_bytes())?;
    }
    Ok(Exit::Clean)
}

/// A rule's page.
fn page(rule: &Rule, terminal: &Terminal) -> String {
    let mut out = terminal.paint(Style::Bold, &printable_line(&rule.name)) + "\n";
    out += &wrap(&printable(&rule.summary), "", "", terminal);
    out.push('\n');
    let mut severities: Vec<String> = Profile::ALL
        .into_iter()
        .filter_map(|profile| Some((profile, rule.severity.under(profile)?)))
        .map(|(profile, severity)| {
            format!("{} in profile {}", terminal.paint(Style::of(severity), severity.as_str()), profile.as_str())
        })
        .collect();
    if severities.is_empty() {
        severities.push("off unless it is selected by its name".to_owned());
    }
    out += &wrap(&severities.join(", "), &label_text("severity", terminal), &" ".repeat(LABEL), terminal);
    out += &label("category", &rule.category, terminal);
    if !rule.aliases.is_empty() {
        out += &label("aliases", &rule.aliases.join(", "), terminal);
    }
    out += &label("guideline", &format!("{}\n{}", rule.guideline.title(), rule.guideline.url()), terminal);
    if let Some(page) = rule.page() {
        out += &label("page", &page, terminal);
    }
    // What the shell linter says, it says itself.
    if rule.message != "{message}" {
        out += &label("message", &rule.message, terminal);
    }
    out += &label("help", &rule.help, terminal);
    for variant in rule.variants.iter() {
        if let Some(message) = &variant.message {
            out += &label("or", message, terminal);
        }
        if let Some(help) = &variant.help {
            // Of a message that is the same, another help.
            out += &label(if variant.message.is_some() { "help" } else { "or help" }, help, terminal);
        }
    }
    if let Some(fix) = &rule.fix {
        let title = if fix.title.is_empty() { String::new() } else { format!("{}: ", fix.title) };
        out += &label("fix", &format!("{title}{}. {}", applicability(fix.applicability), fix.because), terminal);
    }
    out += &heading("Why", Style::Bold, terminal);
    for paragraph in rule.why.split("\n\n") {
        let is_prose = !paragraph.lines().any(|line| line.starts_with([' ', '-', '*']));
        let paragraph = if is_prose { paragraph.replace('\n', " ") } else { paragraph.to_owned() };
        out += &wrap(&printable(&paragraph), "", "", terminal);
        out.push('\n');
    }
    out.pop();
    let examples = rule.examples.read();
    for (examples, title, style) in [(&examples.bad, "Bad", Style::Red), (&examples.good, "Good", Style::Green)] {
        for example in examples {
            out += &heading(title, style, terminal);
            out += &code(example, terminal);
        }
    }
    out
}

fn heading(title: &str, style: Style, terminal: &Terminal) -> String {
    format!("\n{}\n", terminal.paint(style, title))
}

/// `severity   error in profile official`, the lines after the first below the text.
fn label(name: &str, text: &str, terminal: &Terminal) -> String {
    wrap(&printable(text), &label_text(name, terminal), &" ".repeat(LABEL), terminal)
}

fn label_text(name: &str, terminal: &Terminal) -> String {
    terminal.paint(Style::Dim, &format!("{name:LABEL$}"))
}

/// An example as it stands in the rule, indented; carets and all, for they show where the finding is.
fn code(example: &Example, terminal: &Terminal) -> String {
    let mut out = indented(&example.dockerfile);
    for (path, text) in example.files.iter() {
        out += &format!("  {}\n", terminal.paint(Style::Dim, &format!("with {}:", printable_line(path))));
        out += &indented(text);
    }
    if let Some(fixed) = &example.fixed {
        out += &format!("  {}\n", terminal.paint(Style::Green, "fixed:"));
        out += &indented(fixed);
    }
    out
}

fn indented(text: &str) -> String {
    let lines = printable(text.trim_end());
    lines.lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect()
}

/// Wraps at blanks alone: options and addresses stay whole.
fn wrap(text: &str, first: &str, rest: &str, terminal: &Terminal) -> String {
    let options = Options::new(terminal.text_width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false);
    textwrap::fill(text.trim_end(), options) + "\n"
}
