//! Services that run as root though the file makes a user for them.

use crate::checks::prelude::*;

#[derive(Default)]
pub struct Rule;

/// What changes the user, or may: a file that speaks of one of these knows what it does.
const STEP_DOWN: &[&str] = &[
    "gosu",
    "su-exec",
    "setpriv",
    "setuidgid",
    "chpst",
    "runuser",
    "start-stop-daemon",
    "sudo",
    "userspec",
    "fixuid",
    "supervisor",
    "s6-",
    "runit",
    "entrypoint",
];
/// Programs that give up root by themselves, or have to be it.
const OWN_USER: &[&str] = &[
    "angie",
    "apache2",
    "apache2ctl",
    "apachectl",
    "avahi-daemon",
    "chronyd",
    "clamd",
    "cron",
    "crond",
    "dbus-daemon",
    "dnsmasq",
    "dovecot",
    "exim",
    "exim4",
    "freeradius",
    "freshclam",
    "haproxy",
    "httpd",
    "httpd-foreground",
    "init",
    "ircd",
    "knotd",
    "lighttpd",
    "master",
    "memcached",
    "mosquitto",
    "mysqld",
    "mariadbd",
    "mysqld_safe",
    "named",
    "nginx",
    "nsd",
    "ntpd",
    "opendkim",
    "openresty",
    "openvpn",
    "pdns_recursor",
    "pdns_server",
    "php-fpm",
    "postfix",
    "postgres",
    "privoxy",
    "proftpd",
    "pure-ftpd",
    "rsyslogd",
    "slapd",
    "smbd",
    "smtpd",
    "squid",
    "sshd",
    "stunnel",
    "systemd",
    "tinyproxy",
    "tor",
    "unbound",
    "varnishd",
    "vsftpd",
    "xinetd",
];
/// Programs that are told a module and what to take of it, `app:app`.
const MODULE_RUNNERS: &[&str] = &["celery", "daphne", "granian", "gunicorn", "hypercorn", "python", "uvicorn"];
/// A person sits before these.
const INTERACTIVE: &[&str] = &["sh", "bash", "ash", "dash", "zsh", "su", "login", "true", "sleep", "tail"];
/// Images of distributions and languages, whose user is root and which step down nowhere.
const PLAIN_IMAGES: &[&str] = &[
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "buildpack-deps",
    "centos",
    "debian",
    "eclipse-temurin",
    "fedora",
    "golang",
    "node",
    "openjdk",
    "oraclelinux",
    "perl",
    "php",
    "python",
    "rockylinux",
    "ruby",
    "rust",
    "ubuntu",
];

impl Check for Rule {
    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let Some(stage) = model.stages.last() else { return };
        let steps = || model.steps_of(stage);
        let serves = steps().any(|step| matches!(step.keyword(), Keyword::Volume | Keyword::Expose));
        let is_user = |step: &Step<'_>| {
            let user = views::user(step.instruction).map(|word| model.fold(step, &word.text));
            user.is_some_and(|user| user.known().is_none_or(|user| !accounts::is_root(&user)))
        };
        let image = model.root_image(stage).and_then(ImageReference::unnamespaced);
        let starts_as_root = image.is_some_and(|name| PLAIN_IMAGES.contains(&name));
        // A trigger may set the user as well.
        let in_trigger = model.steps.iter().any(|step| step.trigger_of.is_some() && is_user(step));
        let sets_user = in_trigger || model.last_of(stage, Keyword::User).is_some_and(is_user);
        if !serves || sets_user || !starts_as_root {
            return;
        }
        let commands = || steps().flat_map(|step| model.commands_of(step.index));
        let made = commands().find_map(|command| {
            let account = model.account(command)?;
            (account.kind == AccountKind::User && !model.is_person(&account, command)).then_some((command, account))
        });
        let Some((command, account)) = made else { return };
        let Some(name) = model.only_word(command, account.name) else { return };
        let Some((program, words)) = program(stage, cx) else { return };
        let speaks = |text: &str| STEP_DOWN.iter().any(|tool| text.contains(tool)) || names_user(text, &name);
        let mut texts = commands().flat_map(|command| &command.invocation.simple.words).filter_map(sh::Word::literal);
        let brings = |step: &Step<'_>| brings_program(step, &program, cx, &speaks);
        let is_user = |text: &str| text.split([':', '.']).next() == Some(name.as_str());
        // `app`, `--uid=app`
        let names_it = |word: &String| is_user(word) || word.split_once('=').is_some_and(|(_, value)| is_user(value));
        let is_runner = MODULE_RUNNERS.contains(&program.name.as_str());
        if !is_runner && words.iter().any(names_it)
            || words.iter().chain([&program.name]).any(|word| speaks(word))
            || texts.any(|text| speaks(&text))
            || steps().any(brings)
        {
            return;
        }
        let finding = Finding::at(program.span).with("program", program.name.clone());
        cx.report(finding.with("user", name).label(account.line.name_word.span, "made"));
    }
}

/// What is started, and where it stands.
struct Program {
    name: String,
    span: Span,
}

/// The program of a stage with the words behind it, where it is no script, no shell, and none that changes its user itself.
fn program(stage: &Stage<'_>, cx: &Context<'_, '_>) -> Option<(Program, Vec<String>)> {
    let entrypoint = cx.model.last_of(stage, Keyword::Entrypoint).and_then(start::started);
    let command = cx.model.last_of(stage, Keyword::Cmd).and_then(start::started);
    let list = match (entrypoint, command) {
        // An init with nothing to start but what CMD says.
        (Some(entrypoint), Some(command)) if is_init(&entrypoint) => command,
        (Some(list), _) | (None, Some(list)) => list,
        (None, None) => return None,
    };
    let all = shell::invocations(&list);
    let [invocation] = all.as_slice() else { return None };
    let line = shell::read(invocation.simple)?;
    // `su-exec app appd`
    if line
        .wrappers
        .iter()
        .filter_map(|word| word.literal())
        .any(|text| STEP_DOWN.iter().any(|tool| text.contains(tool)))
    {
        return None;
    }
    // With those of wrappers: `chroot --userspec=app / appd`.
    let words = invocation.simple.words.iter().skip(1).filter(|word| word.span != line.name_word.span);
    let words = words.map(|word| cx.text(word.span).trim_matches(['"', '\'']).to_owned());
    let words: Vec<String> = words.collect();
    // `-u` of python is another option.
    let is_language = line.is_any(&["python", "node", "java", "ruby", "perl", "npm", "yarn"]);
    let names_user = words.iter().any(|word| word.starts_with("--user") || word.starts_with("-u") && !is_language);
    let is_script = [".sh", ".bash"].iter().any(|suffix| line.name.ends_with(suffix));
    let is_known = OWN_USER.contains(&line.name.as_str()) || INTERACTIVE.contains(&line.name.as_str());
    let program = Program { name: line.name.clone(), span: line.name_word.span };
    (!names_user && !is_script && !is_known).then_some((program, words))
}

fn is_init(list: &sh::List) -> bool {
    let all = shell::invocations(list);
    let line = all.first().and_then(|invocation| shell::read(invocation.simple));
    line.is_some_and(|line| line.is_any(&["tini", "dumb-init", "catatonit", "env"]))
}

/// Whether a setting names the account as the user: `user app;`, `--user=app`.
fn names_user(text: &str, account: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'));
    words.clone().any(|word| word == account)
        && words.any(|word| word != account && word.to_ascii_lowercase().contains("user"))
}

/// Whether COPY brings the program from the build context, a script maybe, or a tool that changes the user.
fn brings_program(step: &Step<'_>, program: &Program, cx: &Context<'_, '_>, speaks: &dyn Fn(&str) -> bool) -> bool {
    let Some(copy) = views::Copy::of(step.instruction) else { return false };
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let paths = copy.transfer.sources.iter().copied().chain(copy.transfer.destination);
    let image = copy.from.and_then(|flag| flag.value.as_ref());
    // `COPY scripts/ /usr/local/bin/` for `/usr/local/bin/serve`
    let started = cx.text(program.span).trim_matches(['"', '\'']);
    let holds = |directory: &str| {
        started
            .rsplit_once('/')
            .is_some_and(|(parent, _)| !parent.is_empty() && parent == directory.trim_end_matches('/'))
    };
    paths.clone().chain(image).any(|word| speaks(&word.text))
        || image.is_none() && paths.clone().any(|path| last(&path.text) == program.name)
        || image.is_none() && copy.transfer.destination.is_some_and(|path| holds(&path.text))
        || step.heredocs.iter().any(|heredoc| speaks(&heredoc.content))
}
