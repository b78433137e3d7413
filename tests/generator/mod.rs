//! Dockerfiles that build as far as a parser can tell: what is meant, and the many ways to write it.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::struct_excessive_bools)]

use oi_lint::dockerfile::ast::{Args, Instruction, Keyword, Word};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// What an instruction says.
#[derive(Debug, Clone)]
pub struct Meant {
    keyword: Keyword,
    flags: Vec<String>,
    says: Says,
    /// The here-document of a RUN: its body.
    heredoc: Option<String>,
    /// The simple commands of a RUN.
    pub commands: usize,
}

/// What stands behind the flags.
#[derive(Debug, Clone)]
enum Says {
    /// To the end of the line; breaks are where the line may be continued.
    Text(String),
    Json(Vec<String>),
    Words(Vec<String>),
    Pairs(Vec<(String, String)>),
    Typed(&'static str, Box<Says>),
    Child(Box<Meant>),
}

/// Where a text may be continued on the next line.
const BREAK: char = '\u{1}';

/// One of the ways to write a Dockerfile.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    pub lower_case: bool,
    /// `# escape=` with a backtick.
    pub backtick: bool,
    pub crlf: bool,
    /// Each place where a line may be continued on the next one is such a place.
    pub continued: bool,
    /// Comments between the instructions, and between the lines of one that is continued.
    pub commented: bool,
    /// Tabs and more blanks than needed.
    pub spacious: bool,
    pub bom: bool,
    pub unended: bool,
}

pub fn style() -> impl Strategy<Value = Style> {
    any::<[bool; 8]>().prop_map(|[lower_case, backtick, crlf, continued, commented, spacious, bom, unended]| Style {
        lower_case,
        backtick,
        crlf,
        continued,
        commented,
        spacious,
        bom,
        unended,
    })
}

/// The text of a Dockerfile.
pub fn render(file: &[Meant], style: Style) -> String {
    let mut text = String::new();
    if style.backtick {
        text.push_str("# escape=`");
        text.push_str(newline(style));
    }
    for meant in file {
        if style.commented {
            text.push_str("# what comes next");
            text.push_str(&newline(style).repeat(2));
        }
        text.push_str(&meant.render(style));
        text.push_str(newline(style));
    }
    if style.unended {
        text.truncate(text.trim_end().len());
    }
    if style.bom { format!("\u{feff}{text}") } else { text }
}

impl Meant {
    fn new(keyword: Keyword, says: Says) -> Self {
        Self { keyword, flags: Vec::new(), says, heredoc: None, commands: 0 }
    }

    fn render(&self, style: Style) -> String {
        let name = self.keyword.as_str();
        let mut line = if style.lower_case { name.to_lowercase() } else { name.to_owned() };
        for flag in &self.flags {
            line.push(BREAK);
            line.push_str(flag);
        }
        line.push(BREAK);
        line.push_str(&self.says.render(style));
        let mut text = line.replace(BREAK, &between(style));
        if let Some(body) = &self.heredoc {
            // A carriage return would be part of the commands.
            text.push_str(&format!("{}{body}\nEOF", newline(style)));
        }
        text
    }

    /// Holds what a parser has read against what is meant.
    pub fn assert_read(&self, read: &Instruction) {
        assert_eq!(read.keyword, self.keyword);
        assert_eq!(read.flags.iter().map(|flag| &flag.text).collect::<Vec<_>>(), self.flags.iter().collect::<Vec<_>>());
        self.says.assert_read(&read.args);
        assert_eq!(
            read.heredocs.first().map(|heredoc| heredoc.content.clone()),
            self.heredoc.as_ref().map(|body| format!("{body}\n"))
        );
    }
}

impl Says {
    fn render(&self, style: Style) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Json(strings) => {
                let strings: Vec<String> = strings.iter().map(|text| serde_json::to_string(text).unwrap()).collect();
                format!("[{}]", strings.join(if style.spacious { " , " } else { ", " }))
            }
            Self::Words(words) => words.join(&BREAK.to_string()),
            Self::Pairs(pairs) => {
                let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
                pairs.join(&BREAK.to_string())
            }
            Self::Typed(kind, says) => format!("{kind}{BREAK}{}", says.render(style)),
            Self::Child(child) => child.render(style),
        }
    }

    fn assert_read(&self, read: &Args) {
        let texts = |words: &[Word]| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
        match (self, read) {
            (Self::Text(text), Args::Text(word)) => assert_eq!(plain(&word.text), plain(&text.replace(BREAK, " "))),
            (Self::Json(strings), Args::Json(words)) => assert_eq!(*strings, texts(words)),
            (Self::Words(words), Args::Words(read)) => assert_eq!(*words, texts(read)),
            (Self::Pairs(pairs), Args::Pairs(read)) => {
                let read: Vec<_> = read.iter().map(|pair| (pair.key.text.clone(), pair.value.text.clone())).collect();
                assert_eq!(*pairs, read);
            }
            (Self::Typed(kind, says), Args::Typed(word, args)) => {
                assert_eq!(*kind, word.text.to_uppercase());
                says.assert_read(args);
            }
            (Self::Child(child), Args::Child(read)) => {
                assert_eq!(read.keyword, child.keyword);
                child.says.assert_read(&read.args);
            }
            _ => panic!("{self:?} was read as {read:?}"),
        }
    }
}

/// A text without what a continued line adds to it.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn newline(style: Style) -> &'static str {
    if style.crlf { "\r\n" } else { "\n" }
}

fn between(style: Style) -> String {
    let escape = if style.backtick { '`' } else { '\\' };
    let end = newline(style);
    match (style.continued, style.commented, style.spacious) {
        (false, _, false) => " ".to_owned(),
        (false, _, true) => " \t ".to_owned(),
        (true, false, _) => format!(" {escape}{end}\t"),
        (true, true, _) => format!(" {escape}{end}# and then{end}  "),
    }
}

/// A Dockerfile of one to three stages.
pub fn dockerfile() -> impl Strategy<Value = Vec<Meant>> {
    let argument = prop::option::of(arg());
    (argument, prop::collection::vec(prop::collection::vec(instruction(), 0..8), 1..4)).prop_map(
        |(argument, stages)| {
            let mut file: Vec<Meant> = argument.into_iter().collect();
            let count = stages.len();
            for (index, stage) in stages.into_iter().enumerate() {
                let base = BASES[(stage.len() + index) % BASES.len()].to_owned();
                let mut words = vec![if index == 2 { "stage0".to_owned() } else { base }];
                if index + 1 < count {
                    words.extend(["AS".to_owned(), format!("stage{index}")]);
                }
                file.push(Meant::new(Keyword::From, Says::Words(words)));
                file.extend(stage);
            }
            file
        },
    )
}

const BASES: [&str; 6] = [
    "debian:trixie-slim",
    "alpine:3.22",
    "scratch",
    "python:3.14",
    "$BASE",
    "docker.io/library/golang:1.25@sha256:9f2d4f4c6a1b3e5d7c8b9a0f1e2d3c4b5a697887766554433221100ffeeddccb",
];

fn instruction() -> impl Strategy<Value = Meant> {
    prop_oneof![
        6 => run(),
        3 => transfer(Keyword::Copy),
        1 => transfer(Keyword::Add),
        2 => pairs(Keyword::Env),
        1 => pairs(Keyword::Label),
        1 => arg(),
        1 => path().prop_map(|path| Meant::new(Keyword::Workdir, Says::Text(path))),
        1 => select(vec!["app", "1000:1000", "${USER:-app}", "root"])
            .prop_map(|user| Meant::new(Keyword::User, Says::Text(user.to_owned()))),
        1 => prop::collection::vec(select(vec!["80", "443/tcp", "9000-9010/udp", "$PORT"]), 1..3)
            .prop_map(|ports| Meant::new(Keyword::Expose, Says::Words(ports.into_iter().map(str::to_owned).collect()))),
        1 => prop_oneof![
            prop::collection::vec(path(), 1..3).prop_map(Says::Json),
            prop::collection::vec(path(), 1..3).prop_map(Says::Words)
        ].prop_map(|says| Meant::new(Keyword::Volume, says)),
        1 => select(vec!["SIGTERM", "9", "SIGRTMIN+3"])
            .prop_map(|signal| Meant::new(Keyword::Stopsignal, Says::Text(signal.to_owned()))),
        1 => select(vec!["/bin/bash -o pipefail -c", "/bin/sh -c", "/bin/ash -eo pipefail -c"]).prop_map(|shell| {
            Meant::new(Keyword::Shell, Says::Json(shell.split(' ').map(str::to_owned).collect()))
        }),
        2 => (select(vec![Keyword::Cmd, Keyword::Entrypoint]), command())
            .prop_map(|(keyword, says)| Meant::new(keyword, says)),
        1 => health(),
        1 => prop_oneof![transfer(Keyword::Copy), pairs(Keyword::Env), run()].prop_filter("has none", |child| child.heredoc.is_none())
            .prop_map(|child| Meant::new(Keyword::Onbuild, Says::Child(Box::new(child)))),
    ]
}

/// CMD and the like: a program and its arguments, or a shell text.
fn command() -> impl Strategy<Value = Says> {
    prop_oneof![call(), simple().prop_map(|(text, _)| Says::Text(text))]
}

/// A program and its arguments.
fn call() -> impl Strategy<Value = Says> {
    (program(), prop::collection::vec(argument(), 0..3))
        .prop_map(|(program, arguments)| Says::Json([program].into_iter().chain(arguments).collect()))
}

fn health() -> impl Strategy<Value = Meant> {
    (subsequence(vec!["--interval=5m", "--timeout=3s", "--retries=2"], 0..4), command()).prop_map(|(flags, says)| {
        Meant {
            flags: flags.into_iter().map(str::to_owned).collect(),
            ..Meant::new(Keyword::Healthcheck, Says::Typed("CMD", Box::new(says)))
        }
    })
}

fn arg() -> impl Strategy<Value = Meant> {
    (name(), prop::option::of(value())).prop_map(|(name, value)| {
        let word = value.map_or_else(|| name.clone(), |value| format!("{name}={value}"));
        Meant::new(Keyword::Arg, Says::Words(vec![word]))
    })
}

fn pairs(keyword: Keyword) -> impl Strategy<Value = Meant> {
    prop::collection::vec((name(), value()), 1..4).prop_map(move |pairs| Meant::new(keyword, Says::Pairs(pairs)))
}

fn transfer(keyword: Keyword) -> impl Strategy<Value = Meant> {
    let flags = match keyword {
        Keyword::Copy => vec!["--from=stage0", "--chown=1000:1000", "--link", "--chmod=755"],
        _ => vec!["--chown=app", "--keep-git-dir=true"],
    };
    let sources = select(vec!["app.conf", "src/", "*.txt", "docker-entrypoint.sh", "${DIR}/x", "."]);
    (subsequence(flags, 0..3), prop::collection::vec(sources, 1..3), path(), any::<bool>()).prop_map(
        move |(flags, sources, path, is_json)| {
            let mut words: Vec<String> = sources.into_iter().map(str::to_owned).collect();
            words.push(format!("{path}/"));
            let says = if is_json {
                // The one form in which a name has blanks.
                words.insert(0, "my file".to_owned());
                Says::Json(words)
            } else {
                Says::Words(words)
            };
            Meant { flags: flags.into_iter().map(str::to_owned).collect(), ..Meant::new(keyword, says) }
        },
    )
}

fn run() -> impl Strategy<Value = Meant> {
    let flags = subsequence(vec!["--mount=type=cache,target=/root/.cache", "--network=none"], 0..2);
    let flags = flags.prop_map(|flags| flags.into_iter().map(str::to_owned).collect::<Vec<_>>());
    prop_oneof![
        4 => (flags.clone(), list()).prop_map(|(flags, (text, commands))| Meant {
            flags,
            commands,
            ..Meant::new(Keyword::Run, Says::Text(text))
        }),
        1 => (flags.clone(), list()).prop_map(|(flags, (text, commands))| Meant {
            flags,
            heredoc: Some(text.replace(BREAK, " \\\n")),
            commands,
            ..Meant::new(Keyword::Run, Says::Text("<<EOF".to_owned()))
        }),
        1 => (flags, call()).prop_map(|(flags, says)| Meant { flags, commands: 1, ..Meant::new(Keyword::Run, says) }),
    ]
}

/// Commands behind each other, and how many simple ones they are. Where a break stands the next command may stand on the next line,
/// in an instruction after an escape character.
fn list() -> impl Strategy<Value = (String, usize)> {
    let leaf = simple();
    let compound = leaf.prop_recursive(3, 16, 3, |inner| {
        let inner = inner.boxed();
        prop_oneof![
            (inner.clone(), inner.clone(), select(vec!["&&", "||", ";", "|"])).prop_map(
                |((one, a), (other, b), join)| match join {
                    ";" => (format!("{one};{BREAK}{other}"), a + b),
                    join => (format!("{one}{BREAK}{join} {other}"), a + b),
                }
            ),
            (test(), inner.clone(), prop::option::of(inner.clone())).prop_map(|(test, (then, a), other)| match other {
                Some((other, b)) => (format!("if {test}; then {then};{BREAK}else {other}; fi"), a + b + 1),
                None => (format!("if {test};{BREAK}then {then}; fi"), a + 1),
            }),
            (prop::collection::vec(plain_word(), 1..4), inner.clone())
                .prop_map(|(words, (body, a))| (format!("for item in {};{BREAK}do {body}; done", words.join(" ")), a)),
            (name(), inner.clone(), inner.clone()).prop_map(|(name, (one, a), (other, b))| {
                (format!("case \"${name}\" in amd64|arm64) {one} ;;{BREAK}*) {other} ;; esac"), a + b)
            }),
            inner.clone().prop_map(|(body, a)| (format!("( {body} )"), a)),
            inner.prop_map(|(body, a)| (format!("{{ {body}; }}"), a)),
        ]
    });
    (any::<bool>(), compound).prop_map(|(is_strict, (text, commands))| {
        if is_strict { (format!("set -eux;{BREAK}{text}"), commands + 1) } else { (text, commands) }
    })
}

/// A test, which is one simple command.
fn test() -> impl Strategy<Value = String> {
    prop_oneof![
        name().prop_map(|name| format!("[ -n \"${{{name}:-}}\" ]")),
        path().prop_map(|path| format!("test -f {path}")),
        program().prop_map(|program| format!("! {program} --version")),
    ]
}

/// A simple command, with the commands in its substitutions.
fn simple() -> impl Strategy<Value = (String, usize)> {
    let packages = || prop::collection::vec(package(), 1..4).prop_map(|packages| packages.join(&BREAK.to_string()));
    let one = |text: String| (text, 1);
    prop_oneof![
        Just(one("apt-get update".to_owned())),
        packages()
            .prop_map(move |packages| one(format!("apt-get install -y --no-install-recommends{BREAK}{packages}"))),
        packages().prop_map(move |packages| one(format!("apk add --no-cache {packages}"))),
        packages().prop_map(move |packages| one(format!("pip install {packages}"))),
        (url(), path()).prop_map(move |(url, path)| one(format!("curl -fsSL {url}{BREAK}-o {path}"))),
        (url(), path()).prop_map(move |(url, path)| one(format!("wget -qO {path} \"{url}\""))),
        path().prop_map(|path| (format!("echo \"$SHA256 *{path}\" | sha256sum --strict --check -"), 2)),
        (path(), path()).prop_map(move |(from, to)| one(format!("tar -xzf {from} -C {to} --strip-components=1"))),
        path().prop_map(move |path| one(format!("rm -rf {path}"))),
        path().prop_map(move |path| one(format!("mkdir -p {path}"))),
        path().prop_map(move |path| one(format!("chown -R app:app {path}"))),
        path().prop_map(move |path| one(format!("cd {path}"))),
        Just(("make -j \"$(nproc)\" install".to_owned(), 2)),
        (name(), value()).prop_map(move |(name, value)| one(format!("export {name}={value}"))),
        (name(), argument(), program())
            .prop_map(move |(name, argument, program)| one(format!("{name}=1 {program} {argument}"))),
        (program(), path())
            .prop_map(|(program, path)| (format!("version=\"$({program} --version | head -n 1)\" >> {path}"), 3)),
        (program(), argument(), path())
            .prop_map(move |(program, argument, path)| one(format!("{program} {argument} > {path} 2>&1"))),
        url().prop_map(move |url| one(format!("git clone --depth 1{BREAK}{url}.git"))),
    ]
}

fn program() -> impl Strategy<Value = String> {
    select(vec!["app", "gpg", "node", "python3", "./configure", "java", "/usr/bin/tini", "gosu", "sh", "go"])
        .prop_map(str::to_owned)
}

fn package() -> impl Strategy<Value = String> {
    select(vec!["curl", "ca-certificates", "gnupg", "libssl-dev", "tini=0.19.0-1", "git", "xz-utils"])
        .prop_map(str::to_owned)
}

fn plain_word() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9.-]{0,6}"
}

fn name() -> impl Strategy<Value = String> {
    "[A-Z][A-Z0-9]{0,5}(_VERSION)?"
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec("[a-z][a-z0-9.-]{0,6}", 1..4).prop_map(|parts| format!("/{}", parts.join("/")))
}

fn url() -> impl Strategy<Value = String> {
    (select(vec!["https", "http"]), plain_word(), path())
        .prop_map(|(scheme, host, path)| format!("{scheme}://{host}.example.org{path}"))
}

/// A value of ENV, LABEL and ARG, which the shell reads as one word too.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        plain_word(),
        "\"[a-z0-9 .:/=,-]{0,12}\"",
        "'[a-z0-9 .$:]{0,12}'",
        name().prop_map(|name| format!("${name}")),
        name().prop_map(|name| format!("\"${{{name}:-x}}/bin\""))
    ]
}

/// An argument of a command, in a JSON string and in a shell.
fn argument() -> impl Strategy<Value = String> {
    prop_oneof![plain_word(), Just("--verbose".to_owned()), "-[a-z]", path(), Just("--name='a b'".to_owned())]
}
