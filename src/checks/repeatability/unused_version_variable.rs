//! A version that nothing reads.

use crate::checks::prelude::*;

/// Commands that run what is in the files of a project.
const BUILDERS: [&str; 14] =
    [".", "source", "make", "cmake", "ninja", "python", "pip", "node", "npm", "yarn", "cargo", "mvn", "gradle", "rake"];

#[derive(Default)]
pub struct Rule;

/// A version that the file defines.
struct Definition<'t> {
    step: usize,
    name: &'t str,
    span: Span,
    value: String,
    is_env: bool,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let found: Vec<(usize, String, Span, bool)> = cx.model.steps.iter().flat_map(definitions).collect();
        // `${!name}` and `${prefix}_VERSION` read variables whose names do not stand in the file.
        let text = cx.model.source.text();
        if found.is_empty() || text.contains("${!") || text.contains("}_VERSION") || text.contains("eval ") {
            return;
        }
        let mentions = Mentions::of(cx.model);
        for (step, name, span, is_env) in &found {
            let Some(step) = cx.model.step(*step) else { continue };
            let is_global = step.stage.is_none();
            let at = if is_global { usize::MAX } else { step.index + 1 };
            let Lookup::Known(value) = cx.model.environment().lookup(step.stage, at, name) else { continue };
            let definition = Definition { step: step.index, name, span: *span, value, is_env: *is_env };
            let redeclared = || found.iter().any(|(other, known, ..)| *other != definition.step && known == name);
            let is_read = mentions.steps_with(name).iter().any(|&index| is_global || sees(index, step, cx));
            if is_read
                || is_global && redeclared()
                || !is_version(&definition.value)
                || is_written(&definition, step, cx)
            {
                continue;
            }
            report(&definition, step, cx);
        }
    }
}

fn report(definition: &Definition<'_>, step: &Step<'_>, cx: &mut Context<'_, '_>) {
    let stem = stem(definition.name).unwrap_or_default().to_ascii_lowercase().replace('_', "-");
    let finding = Finding::at(definition.span)
        .with("name", definition.name)
        .with("value", definition.value.as_str())
        .with("stem", stem.clone());
    if let Some(place) = installed(&stem, step, cx) {
        cx.report(finding.label(place, "installed"));
    } else if !definition.is_env && !may_run_scripts(step, cx) {
        // An ENV is for those who use the image too, an ARG for the build alone.
        cx.report(finding.variant("argument"));
    }
}

/// The variables that a step defines and whose names are those of versions.
fn definitions(step: &Step<'_>) -> Vec<(usize, String, Span, bool)> {
    let mut found = Vec::new();
    if step.trigger_of.is_some() {
        return found;
    }
    if let (Keyword::Env, Some(env)) = (step.keyword(), views::Pairs::of(step.instruction)) {
        found.extend(env.pairs.iter().map(|pair| (step.index, pair.key.text.clone(), pair.key.span, true)));
    } else if let Some(arg) = views::Arg::of(step.instruction) {
        let declared = arg.declarations.into_iter().map(|it| (step.index, it.name.text, it.name.span, false));
        found.extend(declared);
    }
    found.retain(|(_, name, ..)| stem(name).is_some() && !name.starts_with("BUILDKIT_"));
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
fn is_written(definition: &Definition<'_>, step: &Step<'_>, cx: &Context<'_, '_>) -> bool {
    let value = definition.value.strip_prefix('v').unwrap_or(&definition.value);
    let root = cx.model.stage_of(step).and_then(|stage| cx.model.root_image(stage));
    let in_steps = cx.model.steps.iter().filter(|other| other.trigger_of.is_none()).any(|other| {
        let texts = other.heredocs.iter().map(|heredoc| heredoc.content.as_str());
        let sees = step.stage.is_none() || sees(other.index, step, cx);
        sees && match views::Pairs::of(other.instruction) {
            Some(env) => {
                env.pairs.iter().any(|pair| pair.key.text != definition.name && holds(&pair.value.text, value))
            }
            None if other.index == step.index => false,
            None => texts.chain([other.instruction.joined.text.as_str()]).any(|text| holds(text, value)),
        }
    });
    in_steps || root.is_some_and(|image| holds(&image.text, value))
}

/// Whether a version stands in a text, not as a part of a longer number.
fn holds(text: &str, version: &str) -> bool {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    text.match_indices(version).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        !is_digit(before) && !is_digit(after)
    })
}

/// Where the thing that the variable is named for is installed or downloaded, below the variable.
fn installed(stem: &str, step: &Step<'_>, cx: &Context<'_, '_>) -> Option<Span> {
    if stem.len() < 3 {
        return None;
    }
    let is_named = |text: &str| {
        let text = text.to_ascii_lowercase().replace('_', "-");
        text.match_indices(stem).any(|(at, found)| {
            let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
            !is_letter(before) && !is_letter(after)
        })
    };
    let commands = cx.model.commands().iter().filter(|command| command.step > step.index);
    for command in commands.filter(|command| sees(command.step, step, cx)) {
        let Some(line) = &command.line else { continue };
        let is_install = line.verb() == Some(Verb::Install);
        let is_package = |word: &&&sh::Word| {
            let text = cx.text(word.span).trim_matches(['"', '\'']).to_ascii_lowercase();
            let rest = text.strip_prefix(stem);
            is_install && rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-'))
        };
        if let Some(word) = line.packages().iter().find(is_package) {
            return Some(word.span);
        }
        let fetches = line.is_any(&["curl", "wget", "git", "aria2c"]);
        let is_address = |word: &&sh::Word| cx.text(word.span).contains("://") && is_named(cx.text(word.span));
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
