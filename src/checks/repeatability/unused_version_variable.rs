//! A version that nothing reads.

use crate::checks::prelude::*;

/// Commands that run what is in the files of a project.
const BUILDERS: [&str; 14] =
    [".", "source", "make", "cmake", "ninja", "python", "pip", "node", "npm", "yarn", "cargo", "mvn", "gradle", "rake"];

/// What packages add to the name of their program: `nodejs`, `postgresql`, `memcached`.
const ENDINGS: [&str; 3] = ["js", "ql", "d"];

/// So many variables that nothing reads are looked at; no file that people wrote has more.
const MAX_UNREAD: usize = 64;
/// So many steps with a name are looked at; more are taken for one that reads it.
const MAX_PLACES: usize = 256;

#[derive(Default)]
pub struct Rule;

/// A variable that is named for a version.
struct Definition {
    step: usize,
    name: String,
    span: Span,
    is_env: bool,
    value: String,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let found: Vec<Definition> = cx.model.steps.iter().flat_map(definitions).collect();
        // `${!name}` and `${prefix}_VERSION` read variables whose names do not stand in the file.
        let text = cx.model.source.text();
        if found.is_empty() || text.contains("${!") || text.contains("}_VERSION") || text.contains("eval ") {
            return;
        }
        let mentions = cx.model.mentions();
        let mut unread = 0;
        for definition in &found {
            let Some(step) = cx.model.step(definition.step) else { continue };
            let name = &definition.name;
            let is_global = step.stage.is_none();
            let from = if is_global { 0 } else { step.index };
            let readers = mentions.steps_in(name, from..usize::MAX).enumerate().take(MAX_PLACES + 1);
            let is_read = readers.into_iter().any(|(at, index)| is_global || at == MAX_PLACES || sees(index, step, cx));
            let redeclares = |other: &Definition| other.step != definition.step && other.name == *name;
            if is_read || is_global && found.iter().any(redeclares) {
                continue;
            }
            unread += 1;
            if unread > MAX_UNREAD {
                return;
            }
            let at = if is_global { usize::MAX } else { step.index + 1 };
            let Lookup::Known(value) = cx.model.environment().lookup(step.stage, at, name) else { continue };
            let definition = Definition { name: name.clone(), value, ..*definition };
            if is_version(&definition.value) && !is_written(&definition, step, cx) {
                report(&definition, step, cx);
            }
        }
    }
}

fn report(definition: &Definition, step: &Step<'_>, cx: &mut Context<'_, '_>) {
    let subject = stem(&definition.name).unwrap_or_default().to_ascii_lowercase().replace('_', "-");
    let finding = Finding::at(definition.span)
        .with("name", definition.name.as_str())
        .with("value", definition.value.as_str())
        .with("subject", subject.clone());
    if let Some(place) = installed(&subject, step, cx) {
        cx.report(finding.label(place, "installed"));
    } else if !definition.is_env && !may_run_scripts(step, cx) {
        // An ENV is for those who use the image too, an ARG for the build alone.
        cx.report(finding.variant("argument"));
    }
}

/// The variables that a step defines and whose names are those of versions; their values come later.
fn definitions(step: &Step<'_>) -> Vec<Definition> {
    let mut found = Vec::new();
    let mut add = |word: &Word, is_env| {
        if stem(&word.text).is_some() && !word.text.starts_with("BUILDKIT_") {
            let (name, value) = (word.text.clone(), String::new());
            found.push(Definition { step: step.index, name, span: word.span, is_env, value });
        }
    };
    if step.trigger_of.is_some() {
        return found;
    }
    if let (Keyword::Env, Some(env)) = (step.keyword(), views::Pairs::of(step.instruction)) {
        for pair in env.pairs {
            add(&pair.key, true);
        }
    } else if let Some(arg) = views::Arg::of(step.instruction) {
        for declaration in &arg.declarations {
            add(&declaration.name, false);
        }
    }
    found
}

/// What a variable is the version of: `FOO` for `FOO_VERSION`.
fn stem(name: &str) -> Option<&str> {
    let ends = ["_VERSION", "_COMMIT", "_RELEASE", "_version", "_commit", "_release"];
    ends.iter().find_map(|end| name.strip_suffix(end)).filter(|stem| !stem.is_empty())
}

fn is_version(value: &str) -> bool {
    let number = value.strip_prefix('v').unwrap_or(value);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_alphanumeric() || ".-+_~:".contains(c));
    is_number || value.len() >= 7 && value.chars().all(|c| c.is_ascii_hexdigit())
}

/// Whether a step is in the stage of another, or in one that is built on it.
fn sees(index: usize, definer: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let stage = cx.model.step(index).and_then(|step| step.stage);
    stage.is_some_and(|stage| cx.model.stages_below(stage).any(|below| Some(below.index) == definer.stage))
}

/// Whether the value itself stands where the variable could, also in the tag of the base image.
fn is_written(definition: &Definition, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let value = definition.value.strip_prefix('v').unwrap_or(&definition.value);
    // Not as a part of a longer number.
    let is_it = |text: &str| holds(text, value, |c: char| c.is_ascii_digit());
    let root = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
    let in_file = cx.model.steps.iter().filter(|other| other.trigger_of.is_none()).any(|other| {
        let bodies = other.heredocs.iter().map(|heredoc| heredoc.content.as_str());
        let is_below = step.stage.is_none() || sees(other.index, step, cx);
        is_below
            && match views::Pairs::of(other.instruction) {
                Some(env) => env.pairs.iter().any(|pair| pair.key.text != definition.name && is_it(&pair.value.text)),
                None if other.index == step.index => false,
                None => bodies.chain([other.instruction.joined.text.as_str()]).any(is_it),
            }
    });
    in_file || root.is_some_and(|image| is_it(&image.text))
}

/// Whether a part stands in a text where neither side extends it.
fn holds(text: &str, part: &str, extends: fn(char) -> bool) -> bool {
    text.match_indices(part).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(extends) && !after.is_some_and(extends)
    })
}

/// Where the thing that the variable is named for is installed or downloaded, below the variable.
fn installed(subject: &str, step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    if subject.len() < 3 {
        return None;
    }
    let speaks =
        |text: &str| holds(&text.to_ascii_lowercase().replace('_', "-"), subject, |c: char| c.is_ascii_alphanumeric());
    let below =
        |other: &&Step<'_>| other.index > step.index && other.trigger_of.is_none() && sees(other.index, step, cx);
    for add in cx.model.steps.iter().filter(below).filter_map(|other| views::Add::of(other.instruction)) {
        let is_address = |word: &&&Word| word.text.contains("://") && speaks(&word.text);
        if let Some(word) = add.transfer.sources.iter().find(is_address) {
            return Some(word.span);
        }
    }
    let commands = cx.model.commands().iter().filter(|command| command.step > step.index);
    for command in commands.filter(|command| sees(command.step, step, cx)) {
        let Some(line) = &command.line else { continue };
        let is_install = line.verb() == Some(Verb::Install);
        let is_package = |word: &&&sh::Word| {
            let text = cx.text(word.span).trim_matches(['"', '\'']).to_ascii_lowercase();
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-');
            let rest = text.strip_prefix(subject);
            is_install
                && rest.is_some_and(|rest| {
                    ends(rest) || ENDINGS.iter().any(|end| rest.strip_prefix(end).is_some_and(ends))
                })
        };
        if let Some(word) = line.packages().iter().find(is_package) {
            return Some(word.span);
        }
        let fetches = line.is_any(&["curl", "wget", "git", "aria2c"]);
        let is_address = |word: &&sh::Word| cx.text(word.span).contains("://") && speaks(cx.text(word.span));
        if let Some(word) = line.words.iter().filter(|_| fetches).find(is_address) {
            return Some(word.span);
        }
    }
    None
}

/// Whether files of the context, which may read the variable, are there for a RUN to execute.
fn may_run_scripts(step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    cx.model.steps.iter().filter(|other| step.stage.is_some() && sees(other.index, step, cx)).any(|other| {
        matches!(other.keyword(), Keyword::Copy | Keyword::Add)
            || views::Run::of(other.instruction).is_some_and(|run| !run.mounts.is_empty())
            || cx.model.commands_of(other.index).iter().any(|command| {
                // What was downloaded may read it as well.
                command.line.as_ref().is_none_or(|line| {
                    line.is_any(&BUILDERS)
                        || line.is("sh") && command.invocation.simple.script.is_none()
                        || line.name_word.literal().is_some_and(|name| name.contains('/'))
                })
            })
    })
}
