//! `match:` rules: patterns held against instructions and parsed commands.

use crate::checks::{Check, Context, Finding, Visit};
use crate::dockerfile::ast::{Args, Instruction, Keyword, Word};
use crate::dockerfile::expand::{Folded, Lexer};
use crate::model::{Body, Command, Step};
use crate::rulebook::pattern::{Operand, Pattern, PatternError, any_matches};
use crate::rulebook::{Items, MatchEdit, MatchSpec, StageFilter, Text};
use crate::shell::{self, CommandLine};
use crate::source::Span;

/// A `match:` rule, ready to be held against files.
#[derive(Debug)]
pub(super) struct Matcher {
    any: Vec<Pattern>,
    all: Vec<Pattern>,
    unless: Vec<Pattern>,
    stage: StageFilter,
}

/// Where a pattern matched.
struct Match {
    /// The most telling word: the last operand that the pattern names, else the first option, else the command.
    span: Span,
    /// The single word of it that a fix replaces.
    replaced: Span,
    /// That word's text.
    text: String,
}

impl Matcher {
    pub(super) fn new(spec: &MatchSpec) -> Result<Self, PatternError> {
        let parse = |patterns: &Items<Text>| -> Result<Vec<Pattern>, PatternError> {
            patterns.iter().map(|text| Pattern::parse(text)).collect()
        };
        Ok(Self { any: parse(&spec.any)?, all: parse(&spec.all)?, unless: parse(&spec.unless)?, stage: spec.stage })
    }

    fn accepts(
        &self,
        matches: impl Fn(&Pattern) -> Option<Match>,
        refuses: impl Fn(&Pattern) -> bool,
    ) -> Option<Match> {
        let found = self.any.iter().find_map(&matches)?;
        let complete = self.all.iter().all(|pattern| matches(pattern).is_some());
        (complete && !self.unless.iter().any(refuses)).then_some(found)
    }

    fn wants_stage(&self, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
        match self.stage {
            StageFilter::Any => true,
            StageFilter::Final => cx.model.is_shipped(step),
            StageFilter::Builder => !cx.model.is_shipped(step),
        }
    }
}

impl Check for &Matcher {
    fn visits(&self) -> Vec<Visit<'_>> {
        let mut visits = Vec::new();
        for pattern in &self.any {
            if pattern.keyword == "RUN" {
                if is_bare(pattern) {
                    visits.push(Visit::Command("find"));
                }
                for name in &pattern.commands {
                    visits.push(if name.contains('*') { Visit::EveryCommand } else { Visit::Command(name) });
                }
            } else {
                visits.push(Visit::Instruction(Keyword::parse(&pattern.keyword)));
            }
        }
        visits
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if !self.wants_stage(step, cx) {
            return;
        }
        let Some(found) = self.accepts(
            |pattern| match_instruction(pattern, step, cx),
            |pattern| match_instruction(pattern, step, cx).is_some(),
        ) else {
            return;
        };
        let finding = Finding::at(found.span)
            .with("word", found.text)
            .with("keyword", step.instruction.name.text.clone())
            .with("instruction", cx.text(step.instruction.span));
        let finding = match cx.match_edit() {
            MatchEdit::Replace(text) => finding.edit(found.replaced, text.clone().into_owned()),
            // A trigger cannot go without its ONBUILD.
            MatchEdit::Delete if step.trigger_of.is_none() => finding.edit(cx.model.removal(step), ""),
            _ => finding,
        };
        cx.report(finding);
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        if !self.wants_stage(step, cx) {
            return;
        }
        let found = self.accepts(
            |pattern| match_command(pattern, line),
            |pattern| match_command(pattern, line).is_some() || may_match(pattern, command, line, cx),
        );
        // What `find -exec` runs.
        let executed = line.executed();
        let of_executed = || {
            executed.iter().find_map(|line| {
                let accepted = self.accepts(
                    |pattern| match_command(pattern, line).filter(|_| is_bare(pattern)),
                    |pattern| match_command(pattern, line).is_some(),
                );
                Some((line, accepted?))
            })
        };
        let Some((line, found)) = found.map(|found| (line, found)).or_else(of_executed) else { return };
        let subcommand =
            line.subcommand.and_then(super::super::shell::ast::Word::literal).unwrap_or_default().into_owned();
        let name = line.name.clone();
        let full = if subcommand.is_empty() { name.clone() } else { format!("{name} {subcommand}") };
        // In the JSON form an inserted word would need quotes and a comma of its own.
        let in_shell = matches!(cx.model.body(step), Body::Shell(_));
        let finding = Finding::at(found.span)
            .with("word", found.text)
            .with("name", name)
            .with("subcommand", subcommand)
            .with("command", full)
            .fix_if(in_shell);
        let finding = match cx.match_edit() {
            MatchEdit::Insert(text) => {
                let after = line.subcommand.unwrap_or(line.name_word).span;
                finding.edit(Span::empty(after.end), text.clone().into_owned())
            }
            MatchEdit::Replace(text) => finding.edit(found.replaced, text.clone().into_owned()),
            MatchEdit::None | MatchEdit::Delete => finding,
        };
        cx.report(finding);
    }
}

/// Whether a pattern is about a program, whatever it is given.
fn is_bare(pattern: &Pattern) -> bool {
    pattern.options.is_empty() && pattern.operands == [Operand::Gap]
}

fn match_command(pattern: &Pattern, line: &CommandLine<'_>) -> Option<Match> {
    if pattern.keyword != "RUN" {
        return None;
    }
    let named = any_matches(&pattern.commands, Some(&line.name)) || pattern.commands.iter().any(|name| line.is(name));
    if !named {
        return match_wrapper(pattern, line);
    }
    let mut option_span = None;
    for wanted in &pattern.options {
        let found = wanted.iter().find_map(|option| match_option(line, option))?;
        option_span = option_span.or(Some(found));
    }
    let words: Vec<_> = line.subcommand.into_iter().chain(line.operands.iter().copied()).collect();
    let texts: Vec<_> = words.iter().map(|word| word.literal()).collect();
    let matched = pattern.match_operands(&texts.iter().map(|text| text.as_deref()).collect::<Vec<_>>())?.last_word;
    // The subcommand is the command's name, not one of its operands.
    let operand = matched.filter(|&index| index > 0 || line.subcommand.is_none()).and_then(|index| words.get(index));
    let name = line.name_word.span;
    let span = match (operand, option_span) {
        (Some(word), _) => word.span,
        (None, Some(option)) => option,
        (None, None) if matched.is_some() => line.subcommand.map_or(name, |subcommand| name.to(subcommand.span)),
        (None, None) => name,
    };
    let replaced = if operand.is_some() || option_span.is_some() { span } else { name };
    let text = operand.and_then(|word| word.literal()).map_or_else(|| line.name.clone(), Into::into);
    Some(Match { span, replaced, text })
}

/// Whether a pattern matches with the options that are in variables, or may.
fn may_match(pattern: &Pattern, command: &Command<'_>, line: &CommandLine<'_>, cx: &Context<'_, '_>) -> bool {
    if pattern.options.is_empty() || !pattern.commands.iter().any(|name| line.is(name)) {
        return false;
    }
    let spelled = cx.model.spelled_out(command);
    let found = spelled.as_ref().and_then(shell::read).and_then(|line| match_command(pattern, &line));
    found.is_some() || cx.model.has_unknown_options(command)
}

/// `RUN sudo ...` is about the wrapper, whatever it runs.
fn match_wrapper(pattern: &Pattern, line: &CommandLine<'_>) -> Option<Match> {
    let wrapper = line.wrappers.iter().find(|word| {
        let text = word.literal().unwrap_or_default();
        any_matches(&pattern.commands, text.rsplit('/').next())
    })?;
    let text = wrapper.literal().unwrap_or_default().into_owned();
    is_bare(pattern).then_some(Match { span: wrapper.span, replaced: wrapper.span, text })
}

/// `-y` asks for the option in any spelling, also implied; `-o=Dpkg::*` for its value too.
fn match_option(line: &CommandLine<'_>, wanted: &str) -> Option<Span> {
    match wanted.split_once('=') {
        None => line.has(wanted).then(|| line.option_span(wanted).unwrap_or(line.name_word.span)),
        Some((name, value)) => {
            let value = [value.to_owned()];
            let mut options = line.options_named(name);
            let found = options
                .find(|option| option.value.as_ref().is_some_and(|found| any_matches(&value, found.text.as_deref())));
            found.map(|option| option.span)
        }
    }
}

fn match_instruction(pattern: &Pattern, step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Match> {
    let instruction = step.instruction;
    if Keyword::parse(&pattern.keyword) != instruction.keyword {
        return None;
    }
    let mut flag_span = None;
    for wanted in &pattern.options {
        let found = instruction.flags.iter().find(|flag| any_matches(wanted, Some(&flag.text)))?;
        // A pattern with a value is about the value.
        let value = found.value.as_ref().filter(|_| wanted.iter().any(|pattern| pattern.contains('=')));
        flag_span = flag_span.or(Some(value.map_or(found.span, |value| value.span)));
    }
    let words = words(instruction);
    let texts: Vec<_> = words.iter().map(|word| known_text(word, step, cx)).collect();
    let matched = pattern.match_operands(&texts.iter().map(|text| Some(text.as_str())).collect::<Vec<_>>())?.last_word;
    // A pattern of gaps alone is about the instruction as such.
    let named = pattern.operands.iter().any(|operand| matches!(operand, Operand::Word(_)));
    let operand = matched.filter(|_| named).and_then(|index| words.get(index));
    Some(match (operand, flag_span) {
        (Some(word), _) => Match { span: word.span, replaced: word.span, text: word.text.clone() },
        (None, Some(span)) => Match { span, replaced: span, text: cx.text(span).to_owned() },
        (None, None) => {
            let name = &instruction.name;
            Match { span: name.span, replaced: name.span, text: name.text.clone() }
        }
    })
}

/// A word with its variables filled in. One that depends on an unknown variable has a character in the place of each
/// variable that nothing but `*` matches, so that `*:latest` finds `${IMAGE}:latest` all the same.
fn known_text(word: &Word, step: &Step<'_>, cx: &Context<'_, '_>) -> String {
    const UNKNOWN: &str = "\u{FFFC}";
    if let Folded::Known(text) = cx.model.fold(step, &word.text) {
        return text;
    }
    let lexer = Lexer { escape: cx.model.file.escape, ..Lexer::default() };
    let mut text = String::new();
    let mut at = 0;
    for reference in lexer.references(&word.text).iter().filter(|reference| !reference.range.is_empty()) {
        if reference.range.start >= at {
            text.push_str(word.text.get(at..reference.range.start).unwrap_or_default());
            text.push_str(UNKNOWN);
            at = reference.range.end;
        }
    }
    text.push_str(word.text.get(at..).unwrap_or_default());
    // Nothing to put a mark for: BuildKit refuses the word.
    if at == 0 { UNKNOWN.to_owned() } else { text }
}

/// The words that a pattern sees: keys and values of pairs in turn, the trigger's keyword and words for ONBUILD.
fn words(instruction: &Instruction) -> Vec<&Word> {
    fn collect<'i>(args: &'i Args, words: &mut Vec<&'i Word>) {
        match args {
            Args::None => {}
            Args::Text(word) | Args::Unread(word) => words.push(word),
            Args::Json(list) | Args::Words(list) => words.extend(list),
            Args::Pairs(pairs) => words.extend(pairs.iter().flat_map(|pair| [&pair.key, &pair.value])),
            Args::Typed(kind, command) => {
                words.push(kind);
                collect(command, words);
            }
            Args::Child(child) => {
                words.push(&child.name);
                collect(&child.args, words);
            }
        }
    }
    let mut list = Vec::new();
    collect(&instruction.args, &mut list);
    list
}
