//! Downloads that do not verify whom they talk to.

use crate::checks::prelude::*;

/// Options that turn the verification off, by command.
const OPTIONS: &[(&[&str], &[&str])] = &[
    (&["curl"], &["-k", "--proxy-insecure", "--doh-insecure"]),
    (&["wget", "wget2"], &["--no-check-certificate"]),
    (&["npm", "pnpm", "yarn", "npx"], &["--no-strict-ssl"]),
    (&["pip"], &["--trusted-host"]),
    (&["uv"], &["--allow-insecure-host", "--trusted-host"]),
    (&["apk"], &["--no-check-certificate"]),
    (&["svn"], &["--trust-server-cert", "--trust-server-cert-failures"]),
    (&["conda", "mamba", "micromamba"], &["-k", "--insecure", "--no-ssl-verify"]),
    (&["composer", "php"], &["--disable-tls"]),
    (&["helm", "kubectl", "oc"], &["--insecure-skip-tls-verify"]),
    (&["ansible-galaxy"], &["--ignore-certs", "-c"]),
    (&["axel"], &["--insecure", "-k"]),
];
/// Commands that take settings in their arguments: `git -c`, `npm config set`, `apt-get -o`, `yum --setopt`.
const CONFIGURED: &[&str] = &[
    "git",
    "npm",
    "pnpm",
    "yarn",
    "apt-get",
    "apt",
    "aptitude",
    "yum",
    "dnf",
    "dnf5",
    "microdnf",
    "tdnf",
    "conda",
    "mamba",
    "micromamba",
    "composer",
    "pip",
    "bundle",
    "wget",
    "yum-config-manager",
    "aria2c",
    "http",
    "https",
    "mvn",
    "skopeo",
    "podman",
    "buildah",
    "zypper",
    "gem",
];
/// Settings, by the last part of their names, that turn the verification off by saying no...
const OFF: &[&str] = &[
    "sslverify",
    "strictssl",
    "enablestrictssl",
    "verifypeer",
    "verifyhost",
    "sslverifymode",
    "checkcertificate",
    "verify",
    "tlsverify",
    "srctlsverify",
    "desttlsverify",
    "sslverifypeer",
    "checkcert",
];
/// ... those that do by saying yes...
const ON: [&str; 3] = ["disabletls", "sslnoverify", "allowall"];
/// ... and those that name whom not to verify.
const HOSTS: &str = "trustedhost";
/// Names of files that hold such settings.
const FILES: &[&str] = &[
    "/etc/apt/",
    "/etc/yum",
    "/etc/dnf",
    ".repo",
    "gitconfig",
    "npmrc",
    "yarnrc",
    "curlrc",
    "wgetrc",
    "pip.conf",
    "condarc",
    "gemrc",
    ".bundle/config",
    "pip.ini",
    ".git/config",
    "/etc/tdnf",
    "yarnrc.yml",
];
/// Variables of programs and libraries, and the values that turn the verification off.
const VARIABLES: &[(&str, When)] = &[
    ("BUNDLE_SSL_VERIFY_MODE", When::Off),
    ("CONDA_SSL_VERIFY", When::Off),
    ("GIT_SSL_NO_VERIFY", When::On),
    ("GOINSECURE", When::Set),
    ("HEX_UNSAFE_HTTPS", When::On),
    ("NODE_TLS_REJECT_UNAUTHORIZED", When::Off),
    ("NPM_CONFIG_STRICT_SSL", When::Off),
    ("PERL_LWP_SSL_VERIFY_HOSTNAME", When::Off),
    ("PIP_TRUSTED_HOST", When::Set),
    ("PYTHONHTTPSVERIFY", When::Off),
    ("UV_INSECURE_HOST", When::Set),
    ("YARN_ENABLE_STRICT_SSL", When::Off),
    ("YARN_STRICT_SSL", When::Off),
];

#[derive(Clone, Copy)]
enum When {
    Off,
    On,
    Set,
}

#[derive(Default)]
pub struct Rule {
    /// Where variables were found that hold such an option, each once however often it is used.
    seen: Vec<Span>,
}

impl Check for Rule {
    fn visits(&self) -> Vec<Visit<'_>> {
        vec![Visit::EveryCommand, Visit::Instruction(Keyword::Env), Visit::Instruction(Keyword::Arg)]
    }

    fn instruction(&mut self, step: &Step<'_>, cx: &mut Context<'_, '_>) {
        let mut report = |name: &Word, value: &Word| {
            let Folded::Known(text) = cx.model.fold(step, &value.text) else { return };
            if disables(&name.text, &text) {
                cx.report(Finding::at(name.span.to(value.span)).variant("variable").with("what", name.text.clone()));
            }
        };
        if let (Keyword::Env, Args::Pairs(pairs)) = (step.keyword(), &step.instruction.args) {
            for pair in pairs {
                report(&pair.key, &pair.value);
            }
        }
        for declaration in views::Arg::of(step.instruction).map(|arg| arg.declarations).unwrap_or_default() {
            if let Some(value) = &declaration.default {
                report(&declaration.name, value);
            }
        }
    }

    fn command(&mut self, command: &Command<'_>, cx: &mut Context<'_, '_>) {
        for assignment in &command.invocation.simple.assignments {
            let sh::AssignedValue::Scalar(word) = &assignment.value else { continue };
            let value = when(&assignment.name).and_then(|_| cx.model.only_word(command, word));
            if value.is_some_and(|text| disables(&assignment.name, &text)) {
                cx.report(Finding::at(assignment.span).variant("variable").with("what", assignment.name.clone()));
            }
        }
        let Some(line) = &command.line else { return };
        // `env NAME=value program`
        for word in command.invocation.simple.words.iter().take_while(|word| word.span != line.name_word.span) {
            let Some(text) = word.literal() else { continue };
            if let Some((name, _)) = text.split_once('=').filter(|(name, value)| disables(name, value)) {
                cx.report(Finding::at(word.span).variant("variable").with("what", name.to_owned()));
            }
        }
        let takes_settings = line.is_any(CONFIGURED);
        let rows = OPTIONS.iter().filter(|(names, _)| line.is_any(names));
        let options: Vec<&'static str> = rows.flat_map(|(_, options)| options.iter().copied()).collect();
        if !takes_settings && options.is_empty() {
            return;
        }
        let mut operands = line.operands.iter().map(|word| cx.model.shown(command, word));
        if operands.any(|text| is_local(&text)) {
            return;
        }
        let mut reported = false;
        for option in options.iter().flat_map(|option| line.options_named(option)) {
            let value = option.value.as_ref().map(|value| cx.model.shown(command, value.word));
            if value.as_ref().is_none_or(|value| !is_local(value) && !settings::is_off(value)) {
                report_option(command, line, option, cx);
                reported = true;
            }
        }
        // Those that name whom not to verify are told by the name.
        let options: Vec<&'static str> = options.into_iter().filter(|option| !option.ends_with("host")).collect();
        for (origin, option) in cx.model.options_in_variables(command, line, &options) {
            let value = origin.text.split_once('=').map(|(_, value)| value);
            if value.is_none_or(|value| !settings::is_off(value)) && !self.seen.contains(&origin.span) {
                self.seen.push(origin.span);
                let what = if origin.text.starts_with("--") { origin.text } else { option.to_owned() };
                cx.report(Finding::at(origin.span).with("what", what).with("command", line.name.clone()));
            }
            reported = true;
        }
        if !takes_settings || reported {
            return;
        }
        let mut settings = cx.model.settings(command).into_iter();
        if let Some(setting) = settings.find(|setting| turns_off(setting, &line.name)) {
            let what = cx.text(setting.span).replace(['"', '\''], "");
            cx.report(Finding::at(setting.span).with("what", what).with("command", line.name.clone()));
        }
    }

    fn finish(&mut self, cx: &mut Context<'_, '_>) {
        let model = cx.model;
        let mut seen = Vec::new();
        for (path, setting) in model.written_settings() {
            let is_ours = FILES.iter().any(|name| path.contains(name));
            let is_bare = path.ends_with("curlrc") && setting.name() == "insecure";
            if is_ours && (turns_off(&setting, path) || is_bare) && !seen.contains(&setting.span) {
                seen.push(setting.span);
                cx.report(Finding::at(setting.span).variant("setting").with("what", setting.key));
            }
        }
    }
}

fn report_option(command: &Command<'_>, line: &CommandLine<'_>, option: &shell::Opt<'_>, cx: &mut Context<'_, '_>) {
    let finding = Finding::at(option.span).with("what", option.spelling.clone()).with("command", line.name.clone());
    let step = cx.model.step(command.step);
    let in_shell = step.is_some_and(|step| matches!(cx.model.body(step), Body::Shell(_)));
    // Its word and the blank before it; of a cluster the letter alone.
    let word = line.words.iter().position(|word| word.span.contains(option.span));
    let previous = word.and_then(|at| line.words.get(at.checked_sub(1)?));
    let Some((word, previous)) = word.and_then(|at| line.words.get(at)).zip(previous) else {
        return cx.report(finding);
    };
    let whole = word.span == option.span;
    let cut = if whole { Span::new(previous.span.end, word.span.end) } else { option.span };
    // Blanks and continuations; a comment would be lost.
    let is_blank = |c: char| c.is_whitespace() || c == cx.model.file.escape;
    let is_plain = !whole || cx.text(Span::new(previous.span.end, word.span.start)).chars().all(is_blank);
    cx.report(finding.edit(cut, "").fix_if(in_shell && is_plain && option.value.is_none()));
}

fn when(name: &str) -> Option<When> {
    VARIABLES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, when)| when)
}

fn disables(name: &str, value: &str) -> bool {
    when(name).is_some_and(|when| match when {
        When::Off => settings::is_off(value),
        When::On => !value.is_empty() && !settings::is_off(value),
        When::Set => !value.is_empty() && !is_local(value),
    })
}

fn turns_off(setting: &Setting, owner: &str) -> bool {
    let name = setting.name();
    let name = name.as_str();
    // `verify` alone is a setting of HTTPie.
    let is_known = OFF.contains(&name) && (name != "verify" || owner.starts_with("http"));
    is_known && setting.is_off()
        || ON.contains(&name) && setting.is_on()
        || name == HOSTS && !setting.value.is_empty() && !is_local(&setting.value)
        // maven.wagon.http.ssl.insecure
        || name == "insecure" && setting.key.contains("ssl.") && setting.is_on()
}

/// Whether a URL or a host name means the machine itself.
fn is_local(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    ["localhost", "127.", "[::1]", "0.0.0.0"].iter().any(|host| rest.starts_with(host))
}
