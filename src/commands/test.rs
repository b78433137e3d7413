//! `oi-lint test DIR...`: runs the examples of user rules, as `cargo test` does for the built-in ones.

use std::io::Write;
use std::sync::Arc;

use super::{CommandError, Exit};
use crate::cli::TestArgs;
use crate::diagnostic::Diagnostic;
use crate::engine::{Linter, Settings, SettingsError};
use crate::fix;
use crate::library::{Library, ManifestFile};
use crate::manifest::{self, Build};
use crate::model::{BuildContext, Mode, Surroundings};
use crate::report::{Style, Terminal, count, printable, printable_line};
use crate::rulebook::examples::{self, Bench, Failure};
use crate::rulebook::load::{self, UserRule};
use crate::rulebook::{Example, Logic, Options, Profile, Rule, Rulebook, Subject};
use crate::source::Source;

/// Runs all examples and prints what does not hold.
pub fn run(args: &TestArgs, out: &mut dyn Write) -> Result<Exit, CommandError> {
    let terminal = Terminal::stdout(args.color.choice());
    let mut book = Rulebook::builtin();
    let mut users: Vec<UserRule> = Vec::new();
    for dir in &args.dirs {
        for user in load::load(dir)? {
            load::add(&mut book, user.clone())?;
            users.push(user);
        }
    }
    let (mut failed, mut total) = (0, 0);
    for user in &users {
        let failures = check(&book, &user.rule)?;
        let path = user.path.to_string_lossy();
        let name = printable_line(&path);
        let examples = user.rule.examples.read();
        let number = examples.bad.len() + examples.good.len();
        total += number;
        if failures.is_empty() {
            writeln!(out, "{} {name} ({})", terminal.paint(Style::Green, "ok  "), count(number, "example"))?;
            continue;
        }
        failed += failures.len();
        writeln!(out, "{} {name}", terminal.paint(Style::Red, "FAIL"))?;
        for failure in failures {
            for line in printable(&failure.to_string()).lines() {
                writeln!(out, "       {line}")?;
            }
        }
    }
    let rules = count(users.len(), "rule");
    let examples = count(total, "example");
    if failed == 0 {
        writeln!(out, "{rules}, {examples}, all as expected")?;
        return Ok(Exit::Clean);
    }
    writeln!(out, "{rules}, {examples}, {}", count(failed, "failure"))?;
    Ok(Exit::Findings)
}

/// What an example says of its file. Its files lie in the repository that its manifests name.
fn surroundings(example: &Example, subject: Subject, source: &Source) -> Surroundings {
    let files = example.files.iter().map(|(path, text)| (path.to_string(), text.to_string()));
    let context = (!example.files.is_empty()).then(|| BuildContext::Files(files.collect()));
    let name = example.name.as_deref();
    let mode = example.mode.and_then(|mode| u32::from_str_radix(&mode.to_string(), 8).ok());
    let manifests = manifests(example);
    let of_file = |file: &ManifestFile| file.manifest.builds(&file.image, &file.source);
    let mut builds: Vec<Build> = manifests.iter().flat_map(of_file).collect();
    builds.retain(|build| build.dockerfile == name.unwrap_or("Dockerfile"));
    let surroundings = Surroundings {
        name: name.map(str::to_owned),
        mode: mode.map(|bits| Mode { bits, is_in_index: false }),
        library: (!manifests.is_empty()).then(|| Arc::new(Library::of_manifests(manifests))),
        ..Surroundings::default()
    };
    match subject {
        Subject::LibraryManifest => {
            let builds = manifest::parse(source).builds(name.unwrap_or_default(), source);
            let addresses = builds.into_iter().map(|build| build.repository);
            let repositories = addresses.filter_map(|address| Some((address, context.clone()?))).collect();
            Surroundings { repositories, ..surroundings }
        }
        Subject::Dockerfile | Subject::EntrypointScript => Surroundings { context, builds, ..surroundings },
    }
}

/// The manifests among the files of an example, those in a folder `library`.
fn manifests(example: &Example) -> Vec<ManifestFile> {
    let files = example.files.iter().filter_map(|(path, text)| {
        let image = path.strip_prefix("library/")?;
        Some(ManifestFile::of(image.to_owned(), Source::new(text.as_bytes().to_vec()).ok()?))
    });
    files.collect()
}

/// Lints the examples of one rule, with that rule alone.
#[derive(Debug)]
pub struct ExampleLinter<'b> {
    book: &'b Rulebook,
    rule: &'b Rule,
    /// Without options.
    linters: Vec<(Profile, Linter)>,
}

impl<'b> ExampleLinter<'b> {
    /// For a rule of a book.
    pub fn new(book: &'b Rulebook, rule: &'b Rule) -> Result<Self, SettingsError> {
        let linter = |profile| Ok((profile, linter(book, rule, profile, Options::default())?));
        let linters = Profile::ALL.into_iter().map(linter).collect::<Result<_, SettingsError>>()?;
        Ok(Self { book, rule, linters })
    }

    /// The findings in an example whose text is `source`.
    pub fn lint(&self, profile: Profile, source: &Source, example: &Example) -> Vec<Diagnostic> {
        let subject = self.rule.subject_of(source.text());
        let surroundings = surroundings(example, subject, source);
        let lint = |linter: &Linter| linter.lint_as(subject, source, &surroundings);
        let options = example.options();
        if options != Options::default() {
            return linter(self.book, self.rule, profile, options).as_ref().map_or_else(|_| Vec::new(), lint);
        }
        let known = self.linters.iter().find(|(known, _)| *known == profile);
        known.map_or_else(Vec::new, |(_, linter)| lint(linter))
    }
}

fn linter(book: &Rulebook, rule: &Rule, profile: Profile, options: Options) -> Result<Linter, SettingsError> {
    // What the engine itself reports is about other rules.
    let select = if matches!(rule.logic, Logic::Engine) { Vec::new() } else { vec![rule.name.to_string()] };
    Linter::new(book.clone(), &Settings { profile, select, options, ..Settings::default() })
}

/// The text after the fixes of findings.
pub fn fixed(source: &Source, found: &[Diagnostic]) -> String {
    let fixes = found.iter().filter_map(|found| found.fix.as_ref());
    String::from_utf8_lossy(&fix::apply(source, fixes).bytes).into_owned()
}

/// Runs the examples of one rule of a book.
pub fn check(book: &Rulebook, rule: &Rule) -> Result<Vec<Failure>, SettingsError> {
    let linter = ExampleLinter::new(book, rule)?;
    let lint = |profile, source: &Source, example: &Example| linter.lint(profile, source, example);
    Ok(examples::run(rule, &Bench { lint: &lint, fix: &fixed }))
}
