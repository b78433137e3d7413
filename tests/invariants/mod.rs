//! What holds for any input: shared by the properties, the hostile inputs and the fuzz targets in `fuzz/`.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::trivially_copy_pass_by_ref)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use oi_lint::diagnostic::{Applicability, Diagnostic, Fix, Severity};
use oi_lint::dockerfile::expand::{Folded, Lexer, Lookup};
use oi_lint::engine::{Linter, Mended, Settings};
use oi_lint::model::{Bodies, Model, Script, Surroundings};
use oi_lint::report::{FileReport, Format, Reporter, Statistics, Summary, Terminal};
use oi_lint::rulebook::{Profile, Rulebook, Subject};
use oi_lint::shell::ShellReader;
use oi_lint::shell::ast::{AssignedValue, Assignment, Command, List, Operation, PartKind, Redirect, Statement, Word};
use oi_lint::source::{Joined, Source, Span};
use oi_lint::{dockerfile, manifest, shell};

/// A linter for each profile, in the order of [`Profile::ALL`].
pub static LINTERS: LazyLock<Vec<Linter>> = LazyLock::new(|| {
    let settings = |profile| Settings { profile, ..Settings::default() };
    Profile::ALL.into_iter().map(|profile| Linter::new(Rulebook::builtin(), &settings(profile)).unwrap()).collect()
});

/// A file of these bytes.
pub fn source(bytes: &[u8]) -> Source {
    Source::new(bytes.to_vec()).unwrap()
}

/// The tokens of a Dockerfile follow each other, and give its bytes back.
pub fn tokens_give_the_file_back(source: &Source) {
    let file = dockerfile::parse(source);
    let mut at = 0;
    for token in &file.tokens {
        assert_eq!(token.span.start, at, "tokens follow each other");
        assert!(!token.span.is_empty(), "a token has bytes");
        at = token.span.end;
    }
    assert_eq!(at as usize, source.bytes().len(), "tokens reach the end");
    for instruction in &file.instructions {
        assert_inside(source, instruction.span, instruction);
        assert_inside(source, instruction.name.span, instruction);
    }
    for error in &file.errors {
        assert_inside(source, error.span, error);
    }
}

/// The lines of a manifest give its bytes back, and what is read of them lies inside.
pub fn lines_give_the_manifest_back(source: &Source) {
    let manifest = manifest::parse(source);
    let mut at = 0;
    for line in &manifest.lines {
        assert_eq!(line.span.start, at, "lines follow each other");
        at = line.span.end;
    }
    assert_eq!(at as usize, source.bytes().len(), "lines reach the end");
    for paragraph in &manifest.paragraphs {
        let fields = paragraph.fields.iter().flat_map(|field| field.pieces.iter().copied().chain([field.name.span]));
        for span in fields.chain(paragraph.broken.iter().copied()) {
            assert_inside(source, span, paragraph);
        }
    }
    for error in &manifest.errors {
        assert_inside(source, error.span, error);
    }
}

/// A span lies in the file, and begins and ends between characters.
pub fn assert_inside(source: &Source, span: Span, what: &dyn std::fmt::Debug) {
    let text = source.text();
    assert!(span.start <= span.end && span.end as usize <= text.len(), "{span:?} of {what:?}");
    assert!(text.is_char_boundary(span.start as usize), "{span:?} of {what:?}");
    assert!(text.is_char_boundary(span.end as usize), "{span:?} of {what:?}");
}

/// Words of BuildKit are expanded as far as its limits, one way as another.
pub fn expansions_agree(text: &str, lexer: Lexer) {
    let longest = text.len() + 65_535 * 4;
    let environment = |name: &str| match name.len() % 3 {
        0 => Lookup::Unknown,
        1 => Lookup::Known(format!("<{}> \"{name}", name.repeat(3))),
        _ => Lookup::Unset,
    };
    let references = lexer.references(text);
    for reference in &references {
        let written = text.get(reference.range.clone()).unwrap_or_else(|| panic!("{reference:?} in {text:?}"));
        assert!(written.starts_with('$'), "{reference:?} in {text:?}");
    }
    let word = lexer.word(text, &environment);
    let folded = lexer.fold(text, &environment);
    match &word {
        Ok(word) => {
            assert!(word.text.len() <= longest, "{} bytes of {}", word.text.len(), text.len());
            let known = Folded::Known(word.text.clone());
            assert_eq!(folded, if word.unknown { Folded::Unknown } else { known });
            assert!(word.matched.is_disjoint(&word.unmatched), "{word:?}");
        }
        Err(error) => {
            assert_eq!(folded, Folded::Unknown);
            assert_eq!(error.text, text);
        }
    }
    if let Ok(words) = lexer.words_at(text, &environment) {
        assert!(words.iter().map(|(word, _)| word.len()).sum::<usize>() <= longest);
        let mut before = 0;
        for (word, range) in &words {
            assert!(text.get(range.clone()).is_some(), "{word:?} at {range:?} in {text:?}");
            assert!(before <= range.end, "{words:?}");
            before = range.end;
        }
        let plain: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
        assert_eq!(lexer.words(text, &environment).unwrap(), plain);
    }
}

/// Every span in the shell trees of a Dockerfile, and of a script, lies in the file.
pub fn shell_lies_in_the_file(source: &Source) {
    let file = dockerfile::parse(source);
    let bodies = Bodies::of(&file);
    let model = Model::new(source, &file, &bodies);
    for step in &model.steps {
        // A JSON string is decoded, so that its words are not those of the file.
        model.body(step).list().into_iter().for_each(|list| Spans { source }.list(list));
    }
    for command in model.commands() {
        assert_inside(source, command.invocation.simple.span, &command.line);
    }
    let mut whole = Joined::default();
    whole.push(source.text(), 0);
    match shell::parse(&whole) {
        Ok(list) => Spans { source }.list(&list),
        Err(error) => assert_inside(source, error.span, &error),
    }
    let script = Script::read(source, &ShellReader::default());
    let (file, bodies) = script.parts();
    let model = Model::new(source, file, bodies);
    for command in model.commands() {
        assert_inside(source, command.invocation.simple.span, &command.line);
    }
}

/// Walks a shell tree.
struct Spans<'s> {
    source: &'s Source,
}

impl Spans<'_> {
    fn list(&self, list: &List) {
        assert_inside(self.source, list.span, &"list");
        for statement in &list.statements {
            self.statement(statement);
        }
    }

    fn statement(&self, statement: &Statement) {
        assert_inside(self.source, statement.span, &"statement");
        if let Some(span) = statement.separator_span {
            assert_inside(self.source, span, &"separator");
        }
        for Redirect { target, span, .. } in &statement.redirects {
            assert_inside(self.source, *span, &"redirection");
            self.word(target);
        }
        match &statement.command {
            Command::Simple(simple) => {
                assert_inside(self.source, simple.span, &"command");
                simple.assignments.iter().for_each(|assignment| self.assignment(assignment));
                simple.words.iter().for_each(|word| self.word(word));
                if let Some(script) = &simple.script {
                    self.list(&script.list);
                }
            }
            Command::AndOr(steps) => {
                for step in steps {
                    if let Some(span) = step.operator_span {
                        assert_inside(self.source, span, &"operator");
                    }
                    self.statement(&step.statement);
                }
            }
            Command::Pipeline(stages) => stages.iter().for_each(|stage| self.statement(stage)),
            Command::Group(list) | Command::Subshell(list) => self.list(list),
            Command::If(command) => {
                for (condition, body) in &command.branches {
                    self.list(condition);
                    self.list(body);
                }
                command.otherwise.iter().for_each(|list| self.list(list));
            }
            Command::For(command) => {
                command.words.iter().flatten().for_each(|word| self.word(word));
                self.list(&command.body);
            }
            Command::While(command) => {
                self.list(&command.condition);
                self.list(&command.body);
            }
            Command::Case(command) => {
                self.word(&command.subject);
                for arm in &command.arms {
                    assert_inside(self.source, arm.span, &"arm");
                    self.list(&arm.body);
                }
            }
            Command::Function(function) => self.statement(&function.body),
            Command::Test(words) => words.iter().for_each(|word| self.word(word)),
            Command::Other(lists) => lists.iter().for_each(|list| self.list(list)),
        }
    }

    fn assignment(&self, assignment: &Assignment) {
        assert_inside(self.source, assignment.span, &"assignment");
        assert_inside(self.source, assignment.name_span, &assignment.name);
        match &assignment.value {
            AssignedValue::Scalar(word) => self.word(word),
            AssignedValue::Array(words) => words.iter().for_each(|word| self.word(word)),
            AssignedValue::Unset => {}
        }
    }

    fn word(&self, word: &Word) {
        assert_inside(self.source, word.span, word);
        for part in &word.parts {
            assert_inside(self.source, part.span, word);
            match &part.kind {
                PartKind::Literal(_) | PartKind::Unknown => {}
                PartKind::Substitution(list) | PartKind::ProcessSubstitution { list, .. } => self.list(list),
                PartKind::Parameter(parameter) => match &parameter.operation {
                    Operation::Default { word, .. }
                    | Operation::Assign { word, .. }
                    | Operation::Alternative { word, .. }
                    | Operation::Replace { replacement: word, .. } => self.word(word),
                    Operation::Plain
                    | Operation::Required
                    | Operation::TrimPrefix { .. }
                    | Operation::TrimSuffix { .. }
                    | Operation::Other => {}
                },
            }
        }
    }
}

/// The findings, labels and edits lie in the file, they are sorted, and a second run finds the same.
pub fn findings_are_sound(linter: &Linter, subject: Subject, source: &Source) -> Vec<Diagnostic> {
    let surroundings = Surroundings::default();
    let found = linter.lint_as(subject, source, &surroundings);
    for diagnostic in &found {
        let edits = diagnostic.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
        let labels = diagnostic.related.iter().map(|label| label.span);
        for span in [diagnostic.span].into_iter().chain(labels).chain(edits) {
            assert_inside(source, span, diagnostic);
        }
    }
    assert!(found.is_sorted_by_key(|found| found.span.start), "sorted by place");
    assert_eq!(found, linter.lint_as(subject, source, &surroundings), "a second run finds the same");
    found
}

/// The whole report of one file.
pub fn report(linter: &Linter, format: Format, report: &FileReport) -> String {
    let book = linter.book();
    let reporter = Reporter { format, terminal: Terminal::PLAIN, rules: linter.rules(), profile: None, quiet: false };
    let mut out = Vec::new();
    reporter.begin(&mut out).unwrap();
    let rendered = reporter.render(report);
    if !rendered.is_empty() {
        reporter.write(rendered.as_bytes(), true, &mut out).unwrap();
    }
    let statistics = Statistics::of(&report.diagnostics, book);
    reporter.end(&Summary::of(&report.diagnostics), &statistics, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Every format that can be asked for says the findings in a form that its readers can read.
pub fn reports_can_be_read(linter: &Linter, file: &FileReport) {
    let formats = Format::ALL.into_iter().chain([Format::GithubSummary, Format::Statistics, Format::StatisticsJson]);
    for format in formats {
        let text = report(linter, format, file);
        assert_report(format, &text);
    }
}

/// A report can be parsed, and steers no terminal.
pub fn assert_report(format: Format, text: &str) {
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    match format {
        Format::Json | Format::Sarif | Format::Gitlab | Format::Sonarqube | Format::StatisticsJson => {
            assert!(is_json(text), "{}: {text}", format.as_str());
        }
        Format::Ndjson => assert!(text.lines().all(is_json), "{text}"),
        Format::Checkstyle | Format::Junit => {
            assert!(roxmltree::Document::parse(text).is_ok(), "{}: {text}", format.as_str());
        }
        // A line that a program's own text could begin would be a command to the workflow.
        Format::Github => assert!(
            text.lines().all(|line| ["::error file=", "::warning file=", "::notice file="]
                .iter()
                .any(|start| line.starts_with(start))),
            "{text}"
        ),
        Format::Pretty | Format::Compact | Format::Statistics | Format::GithubSummary => {}
    }
    if matches!(format, Format::Pretty | Format::Compact | Format::Statistics) {
        assert_eq!(steering(text), None, "{text:?}");
    }
}

/// The first character that steers a terminal or turns the order of what is read, in what is written without colours.
pub fn steering(text: &str) -> Option<char> {
    let is_bidi =
        |char| matches!(char, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().find(|&char| char.is_control() && char != '\n' && char != '\t' || is_bidi(char))
}

/// Fixes do no harm, leave nothing to fix but what was taken back, and do nothing where they are applied again.
pub fn fixes_do_no_harm(linter: &Linter, subject: Subject, source: &Source, most: Applicability) -> Mended {
    let surroundings = Surroundings::default();
    let before = linter.lint_as(subject, source, &surroundings);
    let once = linter.mend(subject, source.clone(), &surroundings, most);
    let is_wrong = |found: &Diagnostic| once.failures.iter().any(|failure| failure.rule == found.rule);
    // What stands in for bytes that are no UTF-8 is never written.
    let writes_text = |fix: &Fix| !fix.edits.iter().any(|edit| edit.text.contains(Source::SUBSTITUTE));
    let is_left = |found: &Diagnostic| {
        found.fix.as_ref().is_some_and(|fix| fix.applicability <= most && writes_text(fix)) && !is_wrong(found)
    };
    let left: Vec<&Diagnostic> = once.diagnostics.iter().filter(|found| is_left(found)).collect();
    assert!(left.is_empty(), "{left:?}\n{}", source.text());
    let twice = linter.mend(subject, once.source.clone(), &surroundings, most);
    assert_eq!(twice.source.bytes(), once.source.bytes(), "a second run does nothing");
    assert_eq!(once.fixed.is_empty(), once.source.bytes() == source.bytes(), "{:?}", once.fixed);
    let errors = |source: &Source| dockerfile::parse(source).errors.len();
    assert!(subject != Subject::Dockerfile || errors(&once.source) <= errors(source), "the result parses");
    // What these mend is read for the first time then.
    if ["invalid-json-form", "library-unknown-field"].iter().any(|rule| once.fixed.contains_key(*rule)) {
        return once;
    }
    // Nothing is as bad as an error, so that no fix may bring one.
    let (before, after) = (errors_by_rule(&before), errors_by_rule(&once.diagnostics));
    for (rule, number) in &after {
        assert!(before.get(rule).is_some_and(|before| before >= number), "new errors of {rule}: {}", source.text());
    }
    once
}

fn errors_by_rule(found: &[Diagnostic]) -> BTreeMap<String, usize> {
    let mut errors = BTreeMap::new();
    for found in found.iter().filter(|found| found.severity == Severity::Error) {
        *errors.entry(found.rule.clone()).or_default() += 1;
    }
    errors
}

/// What a file is by its beginning, where it has no name.
pub fn subject_of(bytes: &[u8]) -> Subject {
    if bytes.starts_with(b"#!") {
        Subject::EntrypointScript
    } else if bytes.starts_with(b"Maintainers:") {
        Subject::LibraryManifest
    } else {
        Subject::Dockerfile
    }
}

/// A report of findings under a path.
pub fn file_report(path: &Path, source: &Source, found: Vec<Diagnostic>) -> FileReport {
    FileReport::new(path, source.clone(), found)
}
