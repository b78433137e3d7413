//! Passwords of accounts in the image. They are in no message.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

const FILES: &[&str] = &["/etc/shadow", "/etc/passwd"];

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        let commands = ["chpasswd", "passwd", "useradd", "usermod", "adduser", "sed", "echo", "printf", "tee"];
        commands.map(Visit::Command).to_vec()
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        let (Some(line), Some(step)) = (&command.line, cx.model.step(command.step)) else { return };
        if !cx.model.is_shipped(step) || line.has("--help") {
            return;
        }
        let account = || line.operands.last().and_then(|word| word.literal()).map(std::borrow::Cow::into_owned);
        let name = line.name_word.span;
        let found = match line.name.as_str() {
            "chpasswd" => {
                let said = said_to(command);
                if is_computed(command) {
                    return;
                }
                let is_locked = said.as_ref().is_some_and(|texts| texts.iter().all(|text| locks(text)));
                let account = said.and_then(|texts| texts.first()?.split_once(':').map(|(name, _)| name.to_owned()));
                (!is_locked).then_some((name, "set", account))
            }
            "passwd" if line.has("-l") || line.has("--lock") => None,
            "passwd" if line.has("-d") || line.has("--delete") => Some((name, "empty", account())),
            "passwd" => (line.has("--stdin") || is_fed(command)).then(|| (name, "set", account())),
            "adduser" => {
                let asks = !["--disabled-password", "--disabled-login", "--system"].iter().any(|it| line.has(it));
                (asks && is_fed(command)).then(|| (name, "set", account()))
            }
            "useradd" | "usermod" => given(line, command, cx).map(|variant| {
                let span = line.option_span("-p").unwrap_or(name);
                (span, variant, account())
            }),
            "sed" => edited(line).map(|(span, variant)| (span, variant, None)),
            _ => written(line, command).map(|(span, variant)| (span, variant, None)),
        };
        let Some((span, variant, account)) = found else { return };
        let account = account.filter(|name| !name.is_empty() && !name.contains(['$', ' ', '\'', '"', '\\']));
        let account = account.map_or_else(|| "an account".to_owned(), |name| format!("`{name}`"));
        cx.report(Finding::at(span).variant(variant).with("command", line.name.clone()).with("account", account));
    }
}

/// Whether something is fed into the command: a pipe, a here-document, a file.
fn is_fed(command: &Command<'_>) -> bool {
    let reads = |redirect: &sh::Redirect| {
        use sh::RedirectKind::{HereDoc, HereString, Input};
        matches!(redirect.kind, Input | HereDoc | HereString) && !redirect.target.is("/dev/null")
    };
    let in_pipe = command.invocation.pipeline().is_some_and(|(_, index)| index > 0);
    in_pipe || command.invocation.statement.redirects.iter().any(reads)
}

/// The words of the `echo` or `printf` that is piped into the command, where nothing in them is expanded.
fn said_to(command: &Command<'_>) -> Option<Vec<String>> {
    let (stages, index) = command.invocation.pipeline()?;
    let sh::Command::Simple(simple) = &stages.get(index.checked_sub(1)?)?.command else { return None };
    let line = shell::read(simple)?;
    let texts = line.is_any(&["echo", "printf"]).then(|| line.operands.iter().map(|it| it.literal()))?;
    let texts: Option<Vec<_>> = texts.map(|text| text.map(std::borrow::Cow::into_owned)).collect();
    texts
        .map(|mut texts| {
            texts.retain(|text| text.contains(':'));
            texts
        })
        .filter(|texts| !texts.is_empty())
}

/// Whether what is piped into the command is the answer of another one: a secret of the build, or a random text.
fn is_computed(command: &Command<'_>) -> bool {
    let Some((stages, index)) = command.invocation.pipeline() else { return false };
    let before = index.checked_sub(1).and_then(|before| stages.get(before));
    let Some(sh::Command::Simple(simple)) = before.map(|stage| &stage.command) else { return false };
    simple.words.iter().any(sh::Word::has_substitution)
}

/// `account:*` and `account:!`, which no password fits.
fn locks(text: &str) -> bool {
    text.lines().all(|line| line.split_once(':').is_some_and(|(_, password)| is_locked(password)))
}

/// Whether a password field lets nobody in: `*`, `!`, `!!`, a hash behind `!`, and `x` that leads to /etc/shadow.
fn is_locked(field: &str) -> bool {
    field.starts_with(['*', '!']) || field == "x"
}

/// What `-p` sets.
fn given(line: &CommandLine<'_>, command: &Command<'_>, cx: &Context<'_, '_>) -> Option<&'static str> {
    let value = line.value_of("-p")?;
    let texts = match &value.text {
        Some(text) => Some(vec![text.clone()]),
        None if value.attached => None,
        None => cx.model.possible_words(command, value.word),
    };
    match texts {
        Some(texts) if texts.iter().any(String::is_empty) => Some("empty"),
        Some(texts) if texts.iter().all(|text| is_locked(text)) => None,
        _ => Some("set"),
    }
}

/// What `sed` puts into a password field: `s/^root:[^:]*:/root::/`.
fn edited(line: &CommandLine<'_>) -> Option<(Span, &'static str)> {
    let file = line.operands.iter().any(|word| FILES.iter().any(|file| word.is(file)));
    let expression = line.value_of("-e").map(|value| value.word).or_else(|| line.operands.first().copied());
    let word = expression.filter(|_| file && line.has("-i"))?;
    let text = word.literal()?;
    let at = text.find('s')?;
    let delimiter = text.get(at + 1..)?.chars().next()?;
    let mut halves = text.get(at + 1 + delimiter.len_utf8()..)?.split(delimiter);
    let (pattern, replacement) = (halves.next()?, halves.next()?);
    // `s/^root:x/root:/` leaves nothing before the colon that follows.
    let cuts = replacement.strip_suffix(':').is_some_and(|account| !account.is_empty() && !account.contains(':'));
    let variant = if cuts && !pattern.ends_with(':') { "empty" } else { field(replacement)? };
    Some((word.span, variant))
}

/// A line that is written into the account files, with something in its password field.
fn written(line: &CommandLine<'_>, command: &Command<'_>) -> Option<(Span, &'static str)> {
    let redirects = &command.invocation.statement.redirects;
    let goes_there = redirects.iter().any(|redirect| {
        matches!(redirect.kind, sh::RedirectKind::Output | sh::RedirectKind::Append)
            && FILES.iter().any(|file| redirect.target.is(file))
    });
    let next = command.invocation.pipeline().and_then(|(stages, index)| stages.get(index + 1));
    let is_teed = next.is_some_and(|next| match &next.command {
        sh::Command::Simple(simple) => shell::read(simple).is_some_and(|line| {
            line.is("tee") && line.operands.iter().any(|word| FILES.iter().any(|file| word.is(file)))
        }),
        _ => false,
    });
    if !(goes_there || is_teed) || line.is("tee") {
        return None;
    }
    line.operands.iter().find_map(|word| {
        let text = word.literal()?;
        text.replace("\\n", "\n").lines().find_map(field).map(|variant| (word.span, variant))
    })
}

/// What stands in the password field of a line `account:password:...`.
fn field(line: &str) -> Option<&'static str> {
    let mut fields = line.trim_start_matches('^').split(':');
    let (Some(account), Some(password), Some(_)) = (fields.next(), fields.next(), fields.next()) else { return None };
    let is_hash = password.starts_with('$') && password.len() > 8;
    match password {
        _ if account.is_empty() => None,
        "" => Some("empty"),
        _ if is_hash => Some("set"),
        _ => None,
    }
}
