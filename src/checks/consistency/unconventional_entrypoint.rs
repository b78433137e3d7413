//! An entrypoint script that is called by its path.

use crate::checks::prelude::*;
use start::Program;

/// Folders on the PATH of every image.
const ON_PATH: &[&str] = &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

#[derive(Default)]
pub struct Rule;

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let Some(step) = cx.model.start().entrypoint.filter(|step| step.shell != ShellKind::Other) else { return };
        let Some(views::CommandForm::Exec(words)) = views::CommandForm::of(step.instruction) else { return };
        let Program::Script(at) = start::program(words) else { return };
        let Some(word) = words.get(at).filter(|word| word.text.contains('/')) else { return };
        let name = start::file_name(&word.text);
        // Without a shell before it: `["sh", "/entrypoint.sh"]` needs the path.
        if !name.contains("entrypoint") || is_behind_shell(words, at) {
            return;
        }
        let on_path =
            word.text.strip_suffix(name).is_some_and(|folder| ON_PATH.contains(&folder.trim_end_matches('/')));
        let finding = Finding::at(word.span).with("name", name.to_owned()).with("path", word.text.clone());
        let finding = finding.variant(if on_path { "on-path" } else { "elsewhere" });
        cx.report(finding.edit(word.span, format!("\"{name}\"")).fix_if(on_path && !name.contains(['"', '\\'])));
    }
}

fn is_behind_shell(words: &[Word], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| {
        word.text.starts_with('-') && word.text != "--"
            || ["sh", "bash", "ash", "dash"].contains(&start::file_name(&word.text))
    })
}
