//! Downloads: curl, wget and their like.

use crate::model::text::PartialText;
use crate::shell::ast::Word;
use crate::shell::table::Verb;
use crate::shell::{CommandLine, OptionValue};

use super::{Action, Fetch, FilePath, Output, Recorder, Site, Target};

impl<'m, 'a> Recorder<'m, 'a> {
    /// What a command downloads.
    pub(super) fn fetches(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        let fetched: Vec<(&Word, Target)> = match line.spec.and_then(|spec| spec.names.first()) {
            Some(&"curl") => curl(site, line),
            Some(&"wget") => wget(site, line),
            Some(&"aria2c") => {
                line.operands.iter().map(|url| (*url, to_directory(site, line, url, "-o", "-d"))).collect()
            }
            Some(&"axel") => line.operands.iter().map(|url| (*url, to_directory(site, line, url, "-o", ""))).collect(),
            _ => installed(line),
        };
        for (url, target) in fetched {
            let urls = site.model.partial_words(site.execution, url);
            if urls.is_empty() {
                continue;
            }
            let fetch = Fetch { tool: line.name.clone(), urls, url_span: url.span, target, has_checksum: false };
            self.push(site.step.index, Some(site), url.span, Action::Fetched(fetch));
        }
    }
}

/// curl writes the first URL to the first `-o` or `-O`, the second to the second, and what is left to standard output.
fn curl<'w>(site: &Site<'_, '_, '_>, line: &CommandLine<'w>) -> Vec<(&'w Word, Target)> {
    if ["-I", "-V", "-h", "-M", "-T"].iter().any(|option| line.has(option)) {
        return Vec::new();
    }
    let mut urls: Vec<&Word> = line.operands.clone();
    urls.extend(line.values_of("--url").filter(|value| !value.attached).map(|value| value.word));
    let mut outputs = line.options.iter().filter(|option| matches!(&*option.name, "-o" | "-O"));
    let all = line.has("--remote-name-all");
    let target = |url: &&'w Word| {
        let output = outputs.next();
        let target = match output.map(|option| (&*option.name, option.value.as_ref())) {
            Some(("-o", Some(value))) => to_file(site, value, line.value_of("--output-dir")),
            Some(("-O", _)) => remote_name(site, line, url, line.value_of("--output-dir"), "-J"),
            Some(_) => Target::Unknown,
            None if all => remote_name(site, line, url, line.value_of("--output-dir"), "-J"),
            None => to_stdout(site),
        };
        (*url, target)
    };
    urls.iter().map(target).collect()
}

fn wget<'w>(site: &Site<'_, '_, '_>, line: &CommandLine<'w>) -> Vec<(&'w Word, Target)> {
    if line.has("--spider") || line.has("--version") || line.has("--help") {
        return Vec::new();
    }
    let target = |url: &&'w Word| match line.value_of("-O") {
        Some(value) => to_file(site, value, None),
        None if line.has("-r") || line.has("-m") || line.has("-i") => Target::Unknown,
        None => remote_name(site, line, url, line.value_of("-P"), "--content-disposition"),
    };
    line.operands.iter().map(|url| (*url, target(url))).collect()
}

fn to_directory(site: &Site<'_, '_, '_>, line: &CommandLine<'_>, url: &Word, file: &str, directory: &str) -> Target {
    match line.value_of(file) {
        Some(value) => to_file(site, value, line.value_of(directory)),
        None => remote_name(site, line, url, line.value_of(directory), "-i"),
    }
}

/// Package managers install packages from a URL as they come.
fn installed<'w>(line: &CommandLine<'w>) -> Vec<(&'w Word, Target)> {
    if !line.is_any(&["rpm", "yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper"]) || line.verb() != Some(Verb::Install)
    {
        return Vec::new();
    }
    let is_url = |word: &&&Word| {
        let text = word.parts.first().map(|part| &part.kind);
        matches!(text, Some(crate::shell::ast::PartKind::Literal(text)) if text.contains("://"))
    };
    line.operands.iter().filter(is_url).map(|word| (*word, Target::Installed)).collect()
}

/// The file that an option names, below a directory that another one names.
fn to_file(site: &Site<'_, '_, '_>, value: &OptionValue<'_>, directory: Option<&OptionValue<'_>>) -> Target {
    let texts = value_texts(site, value);
    if texts.iter().any(|text| matches!(text.as_str(), "-" | "/dev/stdout")) {
        return to_stdout(site);
    }
    if texts.iter().all(|text| text.as_str() == "/dev/null") {
        return Target::Discarded;
    }
    let below = directory.and_then(|directory| value_texts(site, directory).into_iter().next());
    let below = below.map(|text| FilePath::new(&text, site.directory));
    let below = below.as_ref().unwrap_or(site.directory);
    Target::File(texts.iter().map(|text| FilePath::new(text, below)).collect())
}

/// The file that the URL names.
fn remote_name(
    site: &Site<'_, '_, '_>,
    line: &CommandLine<'_>,
    url: &Word,
    directory: Option<&OptionValue<'_>>,
    server_names_it: &str,
) -> Target {
    if line.has(server_names_it) {
        return Target::Unnamed;
    }
    let below = directory.and_then(|directory| value_texts(site, directory).into_iter().next());
    let below = below.map(|text| FilePath::new(&text, site.directory));
    let below = below.as_ref().unwrap_or(site.directory);
    let names = site.model.partial_words(site.execution, url);
    let names = names.iter().map(|url| url.before_first('#').before_first('?').behind_last('/'));
    let in_place = |name: PartialText| {
        if directory.is_some() { below.join(&name) } else { FilePath::new(&name, below) }
    };
    let files: Vec<FilePath> = names.filter(|name| !name.is_empty()).map(in_place).collect();
    if files.is_empty() { Target::Unknown } else { Target::File(files) }
}

/// The text of an option's value as far as the file tells.
pub(super) fn value_texts(site: &Site<'_, '_, '_>, value: &OptionValue<'_>) -> Vec<PartialText> {
    match (&value.text, value.attached) {
        (Some(text), _) => vec![PartialText::known(text.clone())],
        (None, false) => site.model.partial_words(site.execution, value.word),
        (None, true) => {
            // What stands before the value in its word is known.
            let lead = value.span.start.saturating_sub(value.word.span.start) as usize;
            let texts = site.model.partial_texts(site.execution, value.word);
            texts.iter().map(|text| text.part(lead..text.as_str().len())).collect()
        }
    }
}

fn to_stdout(site: &Site<'_, '_, '_>) -> Target {
    match Output::at(site.execution) {
        Output::Terminal => Target::Discarded,
        Output::Captured(_) => Target::Captured,
        Output::File(redirect) => {
            let file = site.path(&redirect.target);
            if is_nowhere(&file) { Target::Discarded } else { Target::File(vec![file]) }
        }
        Output::Piped(..) => Target::Piped(written_in_the_end(site)),
    }
}

fn is_nowhere(file: &FilePath) -> bool {
    matches!(file.as_str(), "/dev/null" | "/dev/stderr" | "/dev/stdout")
}

/// The file that a pipeline writes what it is given to: by `tee`, by a redirection at its end, by `gpg --dearmor -o`.
fn written_in_the_end(site: &Site<'_, '_, '_>) -> Option<FilePath> {
    let readers = site.model.piped_into(site.execution.command);
    for reader in &readers {
        if let Some(line) = reader.line.as_ref() {
            let named = match line.name.as_str() {
                "tee" => line.operands.first().copied(),
                "gpg" | "gpg2" => line.value_of("-o").map(|value| value.word),
                _ => None,
            };
            if let Some(file) = named.map(|word| site.path(word)).filter(|file| !is_nowhere(file)) {
                return Some(file);
            }
        }
    }
    match Output::of(&readers.last()?.invocation) {
        Output::File(redirect) => Some(site.path(&redirect.target)).filter(|file| !is_nowhere(file)),
        _ => None,
    }
}
