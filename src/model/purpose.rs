//! What a command is there for, as far as its failure matters: to verify, to download, to install, to build.

use crate::shell::ast::{self, RedirectKind, Word};
use crate::shell::table::Verb;
use crate::shell::{CommandLine, Substitution};

use super::Command;

/// What a command is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To make something of sources.
    Build,
    /// To install packages, or to fetch their lists.
    Install,
    /// To fetch files, sources or keys.
    Download,
    /// To compare what was fetched with a checksum or a signature.
    Verify,
}

use Purpose::{Build, Download, Install, Verify};

/// Commands by their subcommands; none means that the command has one purpose.
const COMMANDS: &[(&str, &[&str], Purpose)] = &[
    ("gpgv", &[], Verify),
    ("cosign", &["verify", "verify-blob"], Verify),
    ("slsa-verifier", &["verify-artifact", "verify-image"], Verify),
    ("aria2c", &[], Download),
    ("axel", &[], Download),
    ("git", &["clone", "fetch", "pull", "submodule"], Download),
    ("git", &["checkout", "apply", "am"], Build),
    ("npm", &["ci"], Install),
    ("pnpm", &["install", "i"], Install),
    ("yarn", &["install"], Install),
    ("bundle", &["install"], Install),
    ("composer", &["install", "require", "create-project"], Install),
    ("poetry", &["install"], Install),
    ("conda", &["install", "create"], Install),
    ("mamba", &["install", "create"], Install),
    ("uv", &["sync", "install", "add"], Install),
    ("rustup", &["toolchain", "target", "component", "default"], Install),
    ("pecl", &["install"], Install),
    ("cpanm", &[], Install),
    ("docker-php-ext-install", &[], Install),
    ("dotnet", &["restore"], Install),
    ("dotnet", &["build", "publish"], Build),
    ("configure", &[], Build),
    ("cmake", &[], Build),
    ("ninja", &[], Build),
    ("gcc", &[], Build),
    ("g++", &[], Build),
    ("cc", &[], Build),
    ("clang", &[], Build),
    ("go", &["build"], Build),
    ("cargo", &["build"], Build),
    ("mvnw", &["package", "install", "verify", "compile"], Build),
    ("mvn", &["package", "install", "verify", "compile"], Build),
    ("gradlew", &["build", "assemble", "jar", "installDist"], Build),
    ("gradle", &["build", "assemble", "jar", "installDist"], Build),
    ("tsc", &[], Build),
    ("patch", &[], Build),
    ("tar", &[], Build),
    ("unzip", &[], Build),
    ("7z", &["x", "e"], Build),
];
/// Managers whose installations count.
const MANAGERS: &[&str] = &[
    "apt-get", "apt", "aptitude", "dpkg", "apk", "yum", "dnf", "dnf5", "microdnf", "tdnf", "rpm", "zypper", "pacman",
    "pip", "npm", "yarn", "pnpm", "gem", "go", "cargo",
];
const CHECKSUMS: &[&str] = &["sha1sum", "b2sum", "shasum"];
/// Targets of make whose failure need not matter.
const SIDE_TARGETS: &[&str] = &["clean", "distclean", "mrproper", "uninstall", "test", "tests", "check"];

/// What a command is there for, and how it is called in a message; none for all that is neither.
pub fn purpose(command: &Command<'_>) -> Option<(Purpose, String)> {
    let line = command.line.as_ref()?;
    let of_option = |purpose, options: &[&str]| {
        options.iter().find(|it| line.has(it)).map(|it| (purpose, format!("{} {it}", line.name)))
    };
    if line.is_any(CHECKSUMS) {
        let compared = is_compared(command).then(|| (Verify, line.name.clone()));
        return of_option(Verify, &["-c"]).or(compared);
    }
    if line.is("gpg") || line.is("apt-key") {
        let fetched = of_option(Download, &["--recv-keys", "--fetch-keys"]);
        return fetched.or_else(|| of_option(Verify, &["--verify", "--verify-files"]).filter(|_| line.is("gpg")));
    }
    if line.is("curl") || line.is("wget") {
        return (!asks(command, line)).then(|| (Download, line.name.clone()));
    }
    if line.is("openssl") && line.subcommand_is(&["dgst"]) {
        return of_option(Verify, &["-verify"]);
    }
    if line.is("minisign") || line.is("signify") {
        return of_option(Verify, &["-V"]);
    }
    // What it writes to its output is read by others.
    if line.is("gzip") && !line.has("-c") && !line.operands.is_empty() {
        let unpacks = ["unxz", "gunzip", "bunzip2", "unzstd", "unlzma"].contains(&line.name.as_str());
        return of_option(Build, &["-d"]).or_else(|| unpacks.then(|| (Build, line.name.clone())));
    }
    if line.is("rpm") && line.has("-K") {
        return of_option(Verify, &["-K"]);
    }
    if line.is("make") {
        let is_side = line.has("-n") || line.operands.iter().any(|word| SIDE_TARGETS.iter().any(|name| word.is(name)));
        return (!is_side).then(|| (Build, "make".to_owned()));
    }
    let simulates = ["-s", "--dry-run", "--only-upgrade"].iter().any(|option| line.has(option)) && line.name != "dpkg";
    if line.is_any(MANAGERS) && !simulates {
        let is_list = line.is_any(&["apt-get", "apt", "aptitude", "apk"]) && line.verb() == Some(Verb::Update);
        if line.verb() == Some(Verb::Install) || is_list {
            return Some((Install, full_name(line)));
        }
    }
    if is_probe(line) {
        return None;
    }
    if line.is_any(&["npm", "yarn", "pnpm"]) && builds(line) {
        return Some((Build, format!("{} run build", line.name)));
    }
    if line.name == "yarn" && line.subcommand.is_none() {
        return Some((Install, "yarn".to_owned()));
    }
    COMMANDS.iter().filter(|(name, ..)| line.is(name)).find_map(|(_, subcommands, purpose)| {
        let given =
            line.subcommand.iter().chain(&line.operands).find(|word| subcommands.iter().any(|name| word.is(name)));
        match given.and_then(|word| word.literal()) {
            Some(subcommand) => Some((*purpose, format!("{} {subcommand}", line.name))),
            None => subcommands.is_empty().then(|| (*purpose, line.name.clone())),
        }
    })
}

fn full_name(line: &CommandLine<'_>) -> String {
    let known = line.subcommand.and_then(Word::literal);
    known.map_or_else(|| line.name.clone(), |subcommand| format!("{} {subcommand}", line.name))
}

/// Whether the script `build` of a package is run.
fn builds(line: &CommandLine<'_>) -> bool {
    let names_build = |word: &Word| word.literal().is_some_and(|text| text.starts_with("build"));
    line.subcommand.is_some_and(names_build) && !line.is("npm")
        || line.subcommand_is(&["run", "run-script"]) && line.operands.first().is_some_and(|word| names_build(word))
}

/// Whether what a checksum command prints is held against what is known: `sha256sum a | grep 0123`, `[ "$(sha256sum a)" = ... ]`.
fn is_compared(command: &Command<'_>) -> bool {
    let in_test = |place: &Substitution<'_>| {
        let name = place.command.and_then(|command| command.words.first());
        place.assignment.is_none() && name.is_some_and(|name| name.is("[") || name.is("test"))
    };
    if command.invocation.substitution().is_some_and(in_test) {
        return true;
    }
    let Some((stages, index)) = command.invocation.pipeline() else { return false };
    stages.iter().skip(index + 1).any(|stage| match &stage.command {
        ast::Command::Simple(simple) => {
            simple.words.first().is_some_and(|word| ["grep", "diff", "cmp"].iter().any(|name| word.is(name)))
        }
        _ => false,
    })
}

/// Whether a command of the table only tells something, or is given the means to do nothing.
fn is_probe(line: &CommandLine<'_>) -> bool {
    ["--version", "-version", "--help"].iter().any(|option| line.has(option))
        || line.is("patch") && (line.has("-N") || line.has("--forward") || line.has("--dry-run"))
        || line.is("cmake") && line.has("-E")
        || line.is("tar") && !line.has("-x")
        || line.is("unzip") && ["-l", "-t", "-p", "-v", "-Z"].iter().any(|option| line.has(option))
        || line.is("rustup")
            && line.operands.first().is_some_and(|word| ["list", "remove", "uninstall"].iter().any(|it| word.is(it)))
}

/// Whether curl or wget asks a server something rather than fetching a file from it.
fn asks(command: &Command<'_>, line: &CommandLine<'_>) -> bool {
    let is_local = |word: &&Word| {
        word.literal().is_some_and(|text| ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| text.contains(host)))
    };
    let options =
        ["-I", "-X", "-d", "--data-binary", "-T", "-F", "--spider", "--post-data", "--post-file", "--version"];
    if options.iter().any(|option| line.has(option)) || line.operands.iter().any(is_local) {
        return true;
    }
    let output = if line.is("curl") { line.value_of("-o") } else { line.value_of("-O") };
    if let Some(output) = output {
        return output.text.as_deref() == Some("/dev/null");
    }
    let invocation = &command.invocation;
    let redirected = invocation.statement.redirects.iter().any(|redirect| {
        matches!(redirect.kind, RedirectKind::Output | RedirectKind::Append | RedirectKind::OutputAndError)
            && redirect.fd.is_none_or(|fd| fd == 1)
            && !redirect.target.is("/dev/null")
    });
    let is_read = redirected
        || invocation.pipeline().is_some_and(|(stages, index)| index + 1 < stages.len())
        || invocation.substitution().is_some();
    // What it prints nobody reads.
    line.is("curl") && !line.has("-O") && !line.has("--remote-name-all") && !is_read
}
