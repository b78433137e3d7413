//! Services that are started through `su` and its like.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// A call of `su`, `runuser` or `sudo -u`.
struct Call<'a> {
    name_word: &'a sh::Word,
    name: &'static str,
    user: Option<&'a sh::Word>,
    is_exec: bool,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![
            Visit::EveryCommand,
            Visit::Instruction(Keyword::Cmd),
            Visit::Instruction(Keyword::Entrypoint),
            Visit::Instruction(Keyword::Copy),
        ]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        if let Some(list) = start::started(step) {
            report_calls(&list, cx);
        }
        let Some(copy) = views::Copy::of(step.instruction) else { return };
        for word in &copy.transfer.heredocs {
            let Some(heredoc) = views::heredoc_of(step.heredocs, word.span) else { continue };
            let shebang = heredoc.content.lines().next().filter(|line| line.starts_with("#!")).unwrap_or_default();
            if !shebang.ends_with("sh") && !shebang.contains("sh -") || heredoc.chomp {
                continue;
            }
            let mut script = Joined::default();
            script.push(&heredoc.content, heredoc.body.start);
            if let Ok(list) = shell::parse(&script) {
                report_calls(&list, cx);
            }
        }
    }

    fn script(&mut self, _script: &Script, cx: &mut Context<'_, '_>) {
        let endings = cx.model.endings();
        for command in cx.model.commands_of(0) {
            let Some(call) = call(&command.invocation) else { continue };
            let is_last = endings.iter().any(|ending| std::ptr::eq(ending.simple, command.invocation.simple));
            report(&call, if call.is_exec || is_last { None } else { Some("step") }, cx);
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        if cx.model.is_script() {
            return;
        }
        // `sudo` in a RUN is a mistake of its own.
        if let Some(call) = call(&command.invocation).filter(|call| call.name != "sudo") {
            report(&call, Some("build"), cx);
        }
    }
}

fn report_calls(list: &sh::List, cx: &mut Context<'_, '_>) {
    for invocation in shell::invocations(list) {
        if let Some(call) = call(&invocation) {
            let variant = if call.is_exec || is_last(&invocation) { None } else { Some("step") };
            report(&call, variant, cx);
        }
    }
}

fn report(call: &Call<'_>, variant: Option<&'static str>, cx: &mut Context<'_, '_>) {
    let user = call.user.map_or("root", |word| cx.text(word.span).trim_matches(['"', '\''])).to_owned();
    let finding = Finding::at(call.name_word.span).with("command", call.name).with("user", user);
    cx.report(match variant {
        Some(variant) => finding.variant(variant),
        None => finding,
    });
}

fn call<'a>(invocation: &Invocation<'a>) -> Option<Call<'a>> {
    let may_be_call = |word: &sh::Word| {
        word.literal().is_some_and(|text| matches!(text.rsplit('/').next(), Some("su" | "sudo" | "runuser")))
    };
    if !invocation.simple.words.iter().any(may_be_call) {
        return None;
    }
    let line = shell::read_outside(invocation.simple)?;
    let is_exec = line.wrappers.iter().any(|wrapper| wrapper.is("exec"));
    let is_user = |word: &&sh::Word| !word.is("-");
    // What `sudo` runs as root is no step down.
    if line.is("sudo") {
        let user = line.value_of("-u")?.word;
        return Some(Call { name_word: line.name_word, name: "sudo", user: Some(user), is_exec });
    }
    for (name, option) in [("su", None), ("runuser", Some("-u"))] {
        if line.is(name) && !["--version", "-V", "--help", "-h"].iter().any(|asks| line.has(asks)) {
            let named = option.and_then(|option| line.value_of(option)).map(|value| value.word);
            let user = named.or_else(|| line.operands.iter().copied().find(is_user));
            return Some(Call { name_word: line.name_word, name, user, is_exec });
        }
    }
    // These stand before the command that they run.
    line.wrappers.iter().find_map(|&wrapper| {
        let path = wrapper.literal()?;
        let name = ["runuser", "sudo"].into_iter().find(|name| path.rsplit('/').next() == Some(*name))?;
        let own = invocation.simple.words.iter().skip_while(|word| !std::ptr::eq(*word, wrapper));
        let own: Vec<&sh::Word> = own.take_while(|word| !std::ptr::eq(*word, line.name_word)).collect();
        let at = own.iter().position(|word| word.is("-u") || word.is("--user"));
        let attached = || {
            let is_user = |text: &str| text.starts_with("--user=") || text.starts_with("-u");
            own.iter().copied().find(|word| word.literal().is_some_and(|text| is_user(&text)))
        };
        // Without `-u` the first operand is the user, and what follows belongs to the shell.
        let first = || Some(line.name_word).filter(|_| name == "runuser");
        let user = at.and_then(|at| own.get(at + 1).copied()).or_else(attached).or_else(first)?;
        Some(Call { name_word: wrapper, name, user: Some(user), is_exec })
    })
}

/// Whether nothing follows the command in what it stands in, so that it is the service.
fn is_last(invocation: &Invocation<'_>) -> bool {
    invocation.frames.iter().all(|frame| match frame {
        Frame::List { list, index } => index + 1 == list.statements.len(),
        Frame::AndOr { steps, index } => index + 1 == steps.len(),
        Frame::Substitution(_) | Frame::Function(_) | Frame::IfCondition { .. } | Frame::WhileCondition(_) => false,
        _ => true,
    })
}
