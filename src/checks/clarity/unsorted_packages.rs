//! Lists of packages out of order.

use std::borrow::Cow;

use crate::checks::prelude::*;

const MANAGERS: [&str; 10] = ["apt-get", "apt", "aptitude", "apk", "yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        MANAGERS.into_iter().map(Visit::Command).collect()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let Some(line) = command.line.as_ref().filter(|line| line.verb() == Some(Verb::Install)) else { return };
        for list in lists(line.packages(), cx) {
            report(&list, cx);
        }
    }
}

/// A package and where it stands.
struct Package<'w> {
    name: Cow<'w, str>,
    span: Span,
}

/// The packages one a line, cut at comment lines and blank lines; none where one of them cannot be known, or where two
/// stand on a line.
fn lists<'w>(words: &[&'w sh::Word], cx: &Context<'_, '_>) -> Vec<Vec<Package<'w>>> {
    let source = cx.model.source;
    let mut lists: Vec<Vec<Package<'w>>> = Vec::new();
    let mut previous: Option<Span> = None;
    for word in words {
        let Some(name) = word.literal() else { return Vec::new() };
        let line = source.line_of(word.span.start);
        let goes_on = match previous.map(|span| source.line_of(span.end)) {
            Some(last) if last == line => return Vec::new(),
            Some(last) => last + 1 == line,
            None => false,
        };
        previous = Some(word.span);
        let package = Package { name, span: word.span };
        match lists.last_mut() {
            Some(list) if goes_on => list.push(package),
            _ => lists.push(vec![package]),
        }
    }
    lists
}

fn report(list: &[Package<'_>], cx: &mut Context<'_, '_>) {
    let is_unsorted = |pair: &&[Package<'_>]| matches!(pair, [a, b] if name_of(a) > name_of(b));
    let Some([previous, package]) = list.windows(2).find(is_unsorted) else { return };
    let mut sorted: Vec<&Package<'_>> = list.iter().collect();
    sorted.sort_by_key(|package| name_of(package));
    let Some(successor) = list.iter().find(|other| name_of(other) > name_of(package)) else { return };
    let mut finding = Finding::at(package.span)
        .with("package", package.name.clone())
        .with("previous", previous.name.clone())
        .with("successor", successor.name.clone())
        .label(successor.span, "place");
    // Where the ends of the lines stand in a column, they stay there.
    let columns = |span: Span| cx.text(span).chars().count();
    let padded = list.iter().map(|package| (columns(package.span), padding(package.span, cx)));
    let column = padded.filter(|(_, padding)| *padding > 1).map(|(width, padding)| width + padding).min();
    for (here, there) in list.iter().zip(&sorted).filter(|(here, there)| here.span != there.span) {
        let old = padding(here.span, cx);
        let new = match column.filter(|_| old > 0) {
            Some(column) => column.saturating_sub(columns(there.span)).max(1),
            None => old,
        };
        let span = Span::new(here.span.start, here.span.end + old as u32);
        finding = finding.edit(span, format!("{}{}", cx.text(there.span), " ".repeat(new)));
    }
    // A comment above may be about the first package alone.
    let is_first_moved = list.iter().zip(&sorted).next().is_some_and(|(first, there)| first.span != there.span);
    cx.report(finding.fix_if(!is_first_moved || !list.first().is_some_and(|first| is_commented(first.span, cx))));
}

/// Whether the line above a package is a comment.
fn is_commented(package: Span, cx: &Context<'_, '_>) -> bool {
    let source = cx.model.source;
    let above = source.line_of(package.start).checked_sub(1).filter(|line| *line > 0);
    above.is_some_and(|line| cx.text(source.line_span(line)).trim_start().starts_with('#'))
}

/// How many spaces stand between a package and the end of its line that goes on.
fn padding(package: Span, cx: &Context<'_, '_>) -> usize {
    let source = cx.model.source;
    let line = source.line_span(source.line_of(package.end));
    let rest = cx.text(Span::new(package.end, line.end.max(package.end)));
    let after = rest.trim_start_matches(' ');
    if after.starts_with(cx.model.file.escape) { rest.len() - after.len() } else { 0 }
}

/// The name without the version that some packages are pinned to.
fn name_of<'p>(package: &'p Package<'_>) -> &'p str {
    package.name.split(['=', '<', '>', '~', '@']).next().unwrap_or_default()
}
