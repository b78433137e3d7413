//! An image name that depends on a variable.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// An image name with variables, and what it comes to.
struct VariableName<'m> {
    image_use: &'m ImageUse,
    variable: &'m str,
    name: Option<String>,
}

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let found = model.image_uses().iter().filter_map(|image_use| {
            let variable = variable(&image_use.written)?;
            let folded = model.step(image_use.step).filter(|_| image_use.user == ImageUser::From);
            let folded = folded.and_then(|step| model.fold(step, &image_use.written).known());
            // Blanks would be more words, a name that is empty none.
            let name = folded.filter(|name| !name.is_empty() && !name.contains([' ', '$', '\t']));
            Some(VariableName { image_use, variable, name })
        });
        let found: Vec<VariableName<'_>> = found.collect();
        let unused = if found.iter().any(|one| one.name.is_some()) { unused(&found, cx) } else { Vec::new() };
        for VariableName { image_use, variable, name } in &found {
            let finding = Finding::at(image_use.span).with("image", image_use.written.clone());
            cx.report(match (name, image_use.user) {
                (Some(name), _) => {
                    let finding = finding.with("name", name.clone()).edit(image_use.span, name.clone());
                    remove_unused(finding, image_use, &found, &unused, cx)
                }
                (None, ImageUser::From) => finding.variant("unknown").with("variable", *variable),
                // BuildKit fills in no variables there.
                (None, _) => finding.variant("copy").with("variable", *variable),
            });
        }
    }
}

/// Adds the removal of the ARGs that a name has alone; where other names have them too, these are written out along with it.
fn remove_unused<'t>(
    mut finding: Finding<'t>,
    own: &ImageUse,
    found: &[VariableName<'_>],
    unused: &[Unused],
    cx: &Context<'_, '_>,
) -> Finding<'t> {
    let own_args = unused.iter().filter(|arg| arg.users.contains(&own.step));
    for arg in own_args {
        let Some(step) = cx.model.step(arg.step) else { continue };
        finding = finding.edit(cx.model.removal(step), "");
        for other in found.iter().filter(|other| arg.users.contains(&other.image_use.step)) {
            if let Some(name) = other.name.as_ref().filter(|_| other.image_use.step != own.step) {
                finding = finding.edit(other.image_use.span, name.clone());
            }
        }
    }
    finding
}

/// An ARG that nothing uses when the names are written out.
struct Unused {
    step: usize,
    /// The steps of FROM whose names use it, by itself or through other such ARGs.
    users: Vec<usize>,
}

/// The ARGs before the first FROM that nothing uses but names that can be written out, and such ARGs.
fn unused(found: &[VariableName<'_>], cx: &Context<'_, '_>) -> Vec<Unused> {
    let model = cx.model;
    let mentions = model.mentions();
    let mut unused: Vec<Unused> = Vec::new();
    // The last first: an ARG is used by those below it.
    for step in model.steps.iter().rev().filter(|step| step.stage.is_none() && step.keyword() == Keyword::Arg) {
        let names: Vec<String> = definitions::defined(step).into_iter().map(|(name, _)| name.text).collect();
        let mut users = Vec::new();
        let is_free = |name: &String, users: &mut Vec<usize>| {
            let is_declared_again = model.steps.iter().any(|other| {
                other.index != step.index && definitions::defined(other).iter().any(|(word, _)| word.text == *name)
            });
            !is_declared_again
                && mentions.steps_in(name, 0..usize::MAX).all(|user| {
                    if let Some(arg) = unused.iter().find(|arg| arg.step == user) {
                        users.extend(&arg.users);
                        return true;
                    }
                    let one = found.iter().find(|one| one.image_use.step == user && one.name.is_some());
                    users.extend(one.map(|_| user));
                    one.is_some_and(|one| is_only_in(name, one.image_use, cx))
                })
        };
        if !names.is_empty() && names.iter().all(|name| is_free(name, &mut users)) && !users.is_empty() {
            users.sort_unstable();
            users.dedup();
            unused.push(Unused { step: step.index, users });
        }
    }
    unused
}

/// Whether a FROM uses a variable in the name of its image alone.
fn is_only_in(name: &str, image_use: &ImageUse, cx: &Context<'_, '_>) -> bool {
    let Some(step) = cx.model.step(image_use.step) else { return false };
    let references = cx.model.references(step);
    references
        .iter()
        .filter(|reference| reference.name == name)
        .all(|reference| image_use.span.contains(reference.span))
}

/// The first variable in a name, as it is written.
fn variable(name: &str) -> Option<&str> {
    let rest = name.get(name.find('$')?..)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = match rest.strip_prefix("${") {
        Some(inner) => inner.find('}')? + 3,
        None => rest.get(1..)?.find(|c| !is_name(c)).map_or(rest.len(), |end| end + 1),
    };
    rest.get(..end).filter(|text| text.len() > 1)
}
