//! Several commands on one long line.

use crate::checks::prelude::*;

/// A word of so many columns is an address or a text that cannot be broken: what counts is what is left without it.
const LONG_WORD: usize = 60;

#[derive(Default)]
pub struct Rule;

/// Something between two commands.
struct Separator {
    /// The `;` or `&&`.
    sign: Span,
    /// From the end of the command before it to the start of the next.
    around: Span,
    /// The blanks that become a line break.
    gap: Span,
    /// Those behind the sign, which become it where the file ends its lines with `&&`.
    behind: Span,
    /// Whether a line may be broken there without a look at what is around.
    outermost: bool,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::Instruction(Keyword::Run)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let Body::Shell(list) = cx.model.body(step) else { return };
        let source = cx.model.source;
        let long = |line: &u32| columns(source.slice(source.line_span(*line))) > layout::MAX_COLUMNS;
        let lines: Vec<u32> = (step.instruction.start_line..=step.instruction.end_line).filter(long).collect();
        if lines.is_empty() {
            return;
        }
        let mut separators = Vec::new();
        in_list(list, true, &mut separators);
        separators.sort_by_key(|separator| separator.sign);
        let simple = || cx.model.commands_of(step.index).iter().map(|command| command.invocation.simple);
        let assigned = simple().flat_map(|simple| &simple.assignments).map(|assignment| assignment.span);
        let words: Vec<Span> = simple().flat_map(|it| &it.words).map(|word| word.span).chain(assigned).collect();
        let in_script = step.heredocs.iter().any(|heredoc| heredoc.body.contains(list.span));
        let mut ends_lines = None;
        let mut finding: Option<Finding<'_>> = None;
        // A line that is still too long, and could be broken elsewhere, would be told again.
        let mut stays = false;
        let breakable = |span: Span| {
            let here = words.iter().filter(|word| span.contains(**word)).map(|word| columns(cx.text(*word)));
            let unbroken: usize = here.filter(|columns| *columns > LONG_WORD).sum();
            columns(cx.text(span)).saturating_sub(unbroken)
        };
        for line in lines {
            let span = source.line_span(line);
            if breakable(span) <= layout::MAX_COLUMNS {
                continue;
            }
            let from = separators.partition_point(|separator| separator.sign.start < span.start);
            let here = separators.iter().skip(from).take_while(|separator| separator.sign.end <= span.end);
            let here = here.filter(|separator| span.contains(separator.around));
            let break_text = cx.model.line_break(step, line);
            let indent = break_text.rsplit('\n').next().map_or(0, |indent| indent.chars().count());
            let (mut start, mut is_breakable) = (span.start, false);
            let is_too_long =
                |start: u32, end: u32| breakable(Span::new(start, end.max(start))) + indent > layout::MAX_COLUMNS;
            for separator in here {
                let found = finding
                    .take()
                    .unwrap_or_else(|| Finding::at(separator.sign).with("columns", columns(cx.text(span)).to_string()));
                let ends_lines = *ends_lines.get_or_insert_with(|| signs_end_lines(step, cx));
                let gap = if ends_lines { separator.behind } else { separator.gap };
                let is_clear = cx.text(gap).chars().all(|c| c == ' ' || c == '\t');
                finding = Some(if separator.outermost && is_clear {
                    stays |= is_breakable && is_too_long(start, gap.start);
                    (start, is_breakable) = (gap.end, false);
                    found.edit(gap, break_text.clone())
                } else {
                    is_breakable = true;
                    found
                });
            }
            stays |= is_breakable && is_too_long(start, span.end);
        }
        if let Some(finding) = finding {
            cx.report(finding.fix_if(!in_script && !stays));
        }
    }
}

fn columns(text: &str) -> usize {
    text.trim_end().chars().count()
}

/// Whether `&&` stands at the end of lines in this RUN, or in the file where it has none at either end; else at the start.
fn signs_end_lines(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let count = |text: &str| {
        let ends = text
            .lines()
            .filter(|line| line.trim_end().trim_end_matches(cx.model.file.escape).trim_end().ends_with("&&"));
        let starts = text.lines().filter(|line| line.trim_start().starts_with("&&"));
        (ends.count(), starts.count())
    };
    let (ends, starts) = match count(cx.text(step.instruction.span)) {
        (0, 0) => count(cx.model.source.text()),
        here => here,
    };
    ends > starts
}

fn in_list(list: &sh::List, outermost: bool, found: &mut Vec<Separator>) {
    for (index, statement) in list.statements.iter().enumerate() {
        in_statement(statement, outermost, found);
        let next = list.statements.get(index + 1);
        if let (Some(sign), Some(next), sh::Separator::Semicolon) =
            (statement.separator_span, next, statement.separator)
        {
            found.push(Separator {
                sign,
                around: Span::new(statement.span.end, next.span.start),
                gap: Span::new(sign.end, next.span.start),
                behind: Span::new(sign.end, next.span.start),
                outermost,
            });
        }
    }
}

fn in_statement(statement: &sh::Statement, outermost: bool, found: &mut Vec<Separator>) {
    let mut inner = |list: &sh::List| in_list(list, false, found);
    match &statement.command {
        sh::Command::AndOr(steps) => {
            for pair in steps.windows(2) {
                let [before, step] = pair else { continue };
                if let (Some(sign), Some(sh::Operator::And)) = (step.operator_span, step.operator) {
                    found.push(Separator {
                        sign,
                        around: Span::new(before.statement.span.end, step.statement.span.start),
                        gap: Span::new(before.statement.span.end, sign.start),
                        behind: Span::new(sign.end, step.statement.span.start),
                        outermost,
                    });
                }
            }
            for step in steps {
                in_statement(&step.statement, false, found);
            }
        }
        sh::Command::Group(list) | sh::Command::Subshell(list) => inner(list),
        sh::Command::If(command) => {
            command.branches.iter().map(|(_, body)| body).chain(&command.otherwise).for_each(inner);
        }
        sh::Command::For(command) => inner(&command.body),
        sh::Command::While(command) => inner(&command.body),
        sh::Command::Case(case) => case.arms.iter().for_each(|arm| inner(&arm.body)),
        _ => {}
    }
}
