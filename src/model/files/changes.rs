//! What commands use, make, move, change and remove.

use crate::model::apt;
use crate::model::text::PartialText;
use crate::shell::CommandLine;
use crate::shell::ast::{RedirectKind, Word};
use crate::shell::table::Verb;
use crate::source::Span;

use super::fetch::value_texts;
use super::layers::SHARED;
use super::{Action, FilePath, Origin, Recorder, Site, Usage};

/// Interpreters whose first operand is the script that they run.
const INTERPRETERS: [&str; 15] =
    ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "python", "perl", "ruby", "php", "node", "source", ".", "lua"];
/// Where the caches of package managers are.
const CACHES: [(&str, &[&str], &str); 9] = [
    ("apk", &["add", "update", "upgrade"], "/var/cache/apk"),
    ("yum", &["install", "update", "upgrade", "makecache"], "/var/cache/yum"),
    ("dnf", &["install", "update", "upgrade", "makecache"], "/var/cache/dnf"),
    ("dnf5", &["install", "update", "upgrade", "makecache"], "/var/cache/libdnf5"),
    ("microdnf", &["install", "update", "upgrade", "makecache"], "/var/cache/yum"),
    ("zypper", &["install", "in", "refresh", "ref", "update", "up"], "/var/cache/zypp"),
    ("pip", &["install"], "/root/.cache/pip"),
    ("npm", &["install", "i", "ci", "add"], "/root/.npm"),
    ("yarn", &["install", "add"], "/usr/local/share/.cache/yarn"),
];
/// Endings of packages in files.
const PACKAGES: [&str; 8] = [".deb", ".rpm", ".apk", ".whl", ".gem", ".tgz", ".tar.gz", ".zip"];
/// Endings that unpacking takes off.
const PACKED: [&str; 7] = [".gz", ".xz", ".bz2", ".zst", ".lzma", ".Z", ".tgz"];

impl<'m, 'a> Recorder<'m, 'a> {
    /// Files that the redirections of a command write.
    pub(super) fn redirections(&mut self, site: &Site<'_, 'm, 'a>) {
        for redirect in &site.execution.command.invocation.statement.redirects {
            let writes =
                matches!(redirect.kind, RedirectKind::Output | RedirectKind::Append | RedirectKind::OutputAndError);
            if writes && !redirect.target.literal().is_some_and(|text| text.starts_with("/dev/")) {
                for path in site.paths(&redirect.target) {
                    self.note(site, redirect.target.span, Action::Made { path, origin: Origin::Command });
                }
            }
        }
    }

    fn note(&mut self, site: &Site<'_, 'm, 'a>, span: Span, action: Action) {
        self.push(site.step.index, Some(site), span, action);
    }

    pub(super) fn changes(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        self.by_xargs(site, line);
        match line.spec.and_then(|spec| spec.names.first()).copied().unwrap_or(line.name.as_str()) {
            "rm" | "unlink" | "rmdir" => {
                let words: Vec<&Word> = line.operands.iter().copied().filter(|word| !word.has_quoted_glob()).collect();
                self.each_path(site, &words, |path| Action::Removed { path });
            }
            "find" => self.found(site, line),
            "mv" => self.moves(site, line, false),
            "cp" | "install" if !line.has("-d") || line.is("cp") => self.moves(site, line, true),
            "ln" => self.moves(site, line, true),
            "mkdir" | "install" => {
                let words = line.operands.clone();
                self.each_path(site, &words, |path| Action::Made { path, origin: Origin::Directory });
            }
            "touch" | "tee" | "truncate" => {
                let words = line.operands.clone();
                self.each_path(site, &words, |path| Action::Made { path, origin: Origin::Command });
            }
            "sed" if line.has("-i") => {
                let has_script = line.has("-e") || line.has("-f");
                let words: Vec<&Word> = line.operands.iter().copied().skip(usize::from(!has_script)).collect();
                self.each_path(site, &words, |path| Action::Edited { path });
            }
            "rsync" => {
                let words: Vec<&Word> = line.operands.iter().copied().skip(1).last().into_iter().collect();
                self.each_path(site, &words, |path| Action::Edited { path });
            }
            "dd" => {
                let output = |word: &Word| word.literal()?.strip_prefix("of=").map(PartialText::known);
                for (word, text) in line.operands.iter().filter_map(|word| Some((word, output(word)?))) {
                    let path = FilePath::new(&text, site.directory);
                    self.note(site, word.span, Action::Made { path, origin: Origin::Command });
                }
            }
            "chmod" => self.modes(site, line),
            "chown" | "chgrp" => self.owners(site, line),
            "git" => self.git(site, line),
            _ => self.uses(site, line),
        }
    }

    fn each_path(&mut self, site: &Site<'_, 'm, 'a>, words: &[&Word], action: impl Fn(FilePath) -> Action) {
        for word in words {
            for path in site.paths(word) {
                self.note(site, word.span, action(path));
            }
        }
    }

    fn moves(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>, is_copy: bool) {
        let operands = site.operands(line);
        let named = line.value_of("-t").map(|value| site.paths_of(&value_texts(site, value)));
        let (sources, targets, is_directory) = match (named, operands.split_last()) {
            (Some(directory), _) => (operands.as_slice(), directory, true),
            (None, Some((target, sources))) if !sources.is_empty() => {
                let targets = site.paths(target);
                let is_directory = sources.len() > 1 || targets.iter().any(FilePath::is_directory);
                (sources, targets, is_directory)
            }
            _ => return,
        };
        for source in sources {
            for from in site.paths(source) {
                for target in &targets {
                    // A directory that is there already is not told from a new name by its own name alone.
                    let is_directory = is_directory || self.is_directory(target);
                    let to = if is_directory { target.join(&from.name()) } else { target.clone() };
                    self.note(site, source.span, Action::Moved { stage: None, from: from.clone(), to, is_copy });
                }
            }
        }
    }

    /// Whether something before has made it a directory, or it is one in every image.
    pub(super) fn is_directory(&self, path: &FilePath) -> bool {
        path.known_str().is_some_and(|path| SHARED.contains(&path)) || self.made.contains(path)
    }

    fn modes(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        let recursive = line.has("-R");
        let by_option = line.options.iter().find(|option| is_symbolic(&option.spelling) && option.name != "-R");
        let (mode, files) = match (by_option, line.operands.split_first()) {
            // `chmod -x file`
            (Some(option), _) => (Some(option.spelling.clone()), line.operands.as_slice()),
            (None, Some((mode, files))) => (site.model.only_word(site.execution.command, mode), files),
            _ => return,
        };
        let files = files.to_vec();
        self.each_path(site, &files, |path| Action::ModeSet { path, mode: mode.clone(), recursive });
    }

    fn owners(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        let skipped = usize::from(!line.has("--reference"));
        let files: Vec<&Word> = line.operands.iter().copied().skip(skipped).collect();
        let recursive = line.has("-R");
        self.each_path(site, &files, |path| Action::OwnerSet { path, recursive });
    }

    fn uses(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        if let Some((files, into)) = extraction(site, line) {
            for (path, span) in files {
                self.note(site, span, Action::Used { path, usage: Usage::Extracted(into.clone()) });
            }
            self.note(site, line.name_word.span, Action::Made { path: into, origin: Origin::Archive });
            return;
        }
        for (word, usage) in used(line) {
            self.each_path(site, &[word], |path| Action::Used { path, usage: usage.clone() });
        }
        if takes_keys(line) {
            let words = keys_at_input(site, line);
            self.each_path(site, &words, |path| Action::Used { path, usage: Usage::Imported });
        }
        if apt::refreshes(line) {
            let path = FilePath::absolute(apt::LISTS);
            self.note(site, line.name_word.span, Action::Made { path, origin: Origin::PackageCache });
        }
        if apt::removes_lists(line) {
            let path = FilePath::absolute(apt::LISTS);
            self.note(site, line.name_word.span, Action::Removed { path });
        }
        let cleaned = CACHES.iter().find(|(name, ..)| line.is(name) && empties_cache(line));
        if let Some((_, _, directory)) = cleaned {
            let path = FilePath::absolute(directory);
            self.note(site, line.name_word.span, Action::Removed { path });
        }
        let cache = CACHES.iter().find(|(name, subcommands, _)| line.is(name) && line.subcommand_is(subcommands));
        if let Some((_, _, directory)) = cache.filter(|_| !line.has("--no-cache") && !line.has("--no-cache-dir")) {
            let path = FilePath::absolute(directory);
            self.note(site, line.name_word.span, Action::Made { path, origin: Origin::PackageCache });
        }
    }
}

/// The archives that a command unpacks, and the directory that they go to.
fn extraction(site: &Site<'_, '_, '_>, line: &CommandLine<'_>) -> Option<(Vec<(FilePath, Span)>, FilePath)> {
    let here = || site.directory.clone();
    let of_value = |option: &str| {
        let value = line.value_of(option)?;
        Some((site.paths_of(&value_texts(site, value)), value.span))
    };
    let first =
        |word: Option<&&Word>| word.map(|word| site.paths(word).into_iter().map(|path| (path, word.span)).collect());
    let directory =
        |option: &str| of_value(option).and_then(|(paths, _)| paths.into_iter().next()).unwrap_or_else(here);
    match line.spec.and_then(|spec| spec.names.first()).copied().unwrap_or(line.name.as_str()) {
        "tar" if line.has("-x") => {
            let files = of_value("-f").map(|(paths, span)| paths.into_iter().map(|path| (path, span)).collect());
            // `tar -x < file`
            let input = site.redirect(RedirectKind::Input).map(|redirect| &redirect.target);
            let files: Option<Vec<_>> = files.or_else(|| first(input.as_ref()));
            Some((files.unwrap_or_default(), directory("-C")))
        }
        "unzip" if !line.has("-l") && !line.has("-t") => Some((first(line.operands.first())?, directory("-d"))),
        "7z" if line.subcommand_is(&["x", "e"]) => Some((first(line.operands.first())?, directory("-o"))),
        "gzip" => {
            let unpacks = line.has("-d")
                || line.name.starts_with("un")
                || line.name.starts_with("gun")
                || line.name.starts_with("bun");
            let files: Vec<_> = line
                .operands
                .iter()
                .flat_map(|word| site.paths(word).into_iter().map(|path| (path, word.span)))
                .collect();
            (unpacks && !files.is_empty()).then(|| {
                let name = files.first().map_or_else(here, |(path, _)| unpacked(path));
                (files, name)
            })
        }
        "dpkg" | "dpkg-deb" if line.has("-x") => {
            let into = line.operands.get(1).map_or_else(here, |word| site.path(word));
            Some((first(line.operands.first())?, into))
        }
        "zcat" | "xzcat" | "bzcat" | "zstdcat" | "rpm2cpio" | "ar" | "unsquashfs" | "jar" | "cabextract" | "unrar" => {
            let last = line.operands.iter().rev().find(|word| word.literal().is_none_or(|text| text.contains('.')));
            Some((first(last)?, here()))
        }
        _ => None,
    }
}

/// Whether a package manager is asked to empty its cache: `yum clean all`, `npm cache clean`.
fn empties_cache(line: &CommandLine<'_>) -> bool {
    let first = line.operands.first().and_then(|word| word.literal());
    line.subcommand_is(&["clean", "cc"]) && first.as_deref().is_none_or(|what| what == "all" || what.starts_with('-'))
        || line.subcommand_is(&["cache"]) && matches!(first.as_deref(), Some("clean" | "purge"))
}

/// What a packed file becomes: `x.tar` for `x.tar.gz`.
fn unpacked(path: &FilePath) -> FilePath {
    let name = path.name();
    let stem = PACKED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    path.parent().join(&stem)
}

/// The files that a command runs, installs or takes as keys.
fn used<'w>(line: &CommandLine<'w>) -> Vec<(&'w Word, Usage)> {
    let is_file = |word: &&Word| {
        let Some(text) = word.literal() else { return true };
        let is_package = PACKAGES.iter().any(|ending| text.ends_with(ending));
        !text.contains("://") && (is_package || text.starts_with(['/', '.']))
    };
    let of =
        |words: Vec<&'w Word>, usage: Usage| words.into_iter().map(|word| (word, usage.clone())).collect::<Vec<_>>();
    if line.verb() == Some(Verb::Install) {
        let requirements = line.is("pip").then(|| line.value_of("-r")).flatten().map(|value| value.word);
        let files = line.operands.iter().copied().filter(is_file).filter(|word| Some(*word) != requirements);
        return of(files.collect(), Usage::Installed);
    }
    if takes_keys(line) {
        return of(line.operands.clone(), Usage::Imported);
    }
    // The keyring that a signature is held against.
    if line.is("gpgv") || line.is("gpg") && (line.has("--verify") || line.has("--verify-files")) {
        return of(line.values_of("--keyring").map(|value| value.word).collect(), Usage::Imported);
    }
    let is_shell = line.is("sh");
    let has_code = line.has("-c") || !is_shell && ["-r", "-e", "-m", "-E"].iter().any(|option| line.has(option));
    if line.is_any(&INTERPRETERS) && !has_code {
        return of(line.operands.first().copied().into_iter().collect(), Usage::Executed);
    }
    if line.is("java") {
        return of(line.value_of("-jar").map(|value| value.word).into_iter().collect(), Usage::Executed);
    }
    // A program that is named with its path.
    let named_by_path = line.spec.is_none() && line.name_word.literal().is_some_and(|text| text.contains('/'));
    of(named_by_path.then_some(line.name_word).into_iter().collect(), Usage::Executed)
}

fn takes_keys(line: &CommandLine<'_>) -> bool {
    line.is("rpm") && line.has("--import")
        || line.is("gpg") && (line.has("--import") || line.has("--dearmor"))
        || line.is("apt-key") && line.subcommand_is(&["add"])
}

/// The files that a command reads from its input instead of naming them: `< file`, `cat file |`.
fn keys_at_input<'m>(site: &Site<'_, 'm, '_>, line: &CommandLine<'_>) -> Vec<&'m Word> {
    if line.operands.iter().any(|word| !word.is("-")) {
        return Vec::new();
    }
    let readers = site.model.piped_from(site.execution.command);
    let shown = readers.into_iter().filter_map(|reader| reader.line.as_ref()).filter(|line| line.is("cat"));
    let shown = shown.flat_map(|line| line.operands.iter().copied());
    shown.chain(site.redirect(RedirectKind::Input).map(|redirect| &redirect.target)).collect()
}

/// Whether it is a symbolic mode such as `-x`, `+x`, `u+s`.
fn is_symbolic(text: &str) -> bool {
    text.starts_with('-') && text.len() > 1 && text.chars().skip(1).all(|c| "rwxXst".contains(c))
}
