//! What is done to the files that `find` finds: by itself, by `-exec`, by `xargs` behind it.

use crate::model::text::PartialText;
use crate::shell::CommandLine;
use crate::shell::ast::Word;

use super::{Action, FilePath, Recorder, Site};

/// Options that choose nothing, or files of all names.
const NEUTRAL: [&str; 16] = [
    "-type",
    "-name",
    "-delete",
    "-exec",
    "-execdir",
    "-print",
    "-print0",
    "-depth",
    "-mindepth",
    "-xdev",
    "-mount",
    "-follow",
    "-H",
    "-L",
    "-P",
    "-ignore_readdir_race",
];

/// Files that `find` finds.
struct Found {
    /// Where it looks.
    below: Vec<FilePath>,
    /// Their names; a hole where other conditions choose too.
    name: PartialText,
    /// Whether only directories are found.
    directories: bool,
    /// Whether the name is all that chooses them, or nothing does.
    is_named: bool,
}

impl<'m, 'a> Recorder<'m, 'a> {
    pub(super) fn found(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        let Some(found) = selection(site, line) else { return };
        if line.has("-delete") {
            self.act(site, "rm", &[], &found);
        }
        for option in ["-exec", "-execdir"] {
            for value in line.values_of(option) {
                let at = line.words.iter().position(|word| std::ptr::eq(word, value.word));
                let rest = at.and_then(|at| line.words.get(at..)).unwrap_or_default();
                let end = rest.iter().position(|word| word.is(";") || word.is("+")).unwrap_or(rest.len());
                let Some((name, arguments)) = rest.get(..end).and_then(<[Word]>::split_first) else { continue };
                let name = name.literal().unwrap_or_default();
                self.act(site, name.rsplit('/').next().unwrap_or_default(), arguments, &found);
            }
        }
    }

    /// `find ... | xargs rm`
    pub(super) fn by_xargs(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        if !line.wrappers.iter().any(|wrapper| wrapper.is("xargs")) {
            return;
        }
        let writers = site.model.piped_from(site.execution.command);
        let finder = writers.iter().rev().filter_map(|writer| writer.line.as_ref()).find(|writer| writer.is("find"));
        let filtered = writers.len() > 1;
        if let Some(mut found) = finder.and_then(|finder| selection(site, finder)) {
            if filtered {
                found.name = PartialText::unknown("*");
            }
            self.act(site, &line.name, line.words.get(1..).unwrap_or_default(), &found);
        }
    }

    fn act(&mut self, site: &Site<'_, 'm, 'a>, name: &str, arguments: &[Word], found: &Found) {
        let span = site.execution.command.invocation.simple.words.first().map(|word| word.span);
        let Some(span) = span else { return };
        let mode = || {
            let mut operands = arguments.iter().filter(|word| !word.literal().is_some_and(|text| is_option(&text)));
            operands.next().and_then(|word| site.model.only_word(site.execution.command, word))
        };
        for below in &found.below {
            let path = below.join(&found.name);
            let (changed, recursive) =
                if found.is_named { (path.clone(), false) } else { (below.clone(), !found.directories) };
            let action = match name {
                "rm" | "unlink" | "shred" => Action::Removed { path },
                "chmod" => Action::ModeSet { path: changed, mode: mode(), recursive },
                "chown" | "chgrp" => Action::OwnerSet { path: changed, recursive },
                _ => return,
            };
            self.push(site.step.index, Some(site), span, action);
        }
    }
}

fn is_option(text: &str) -> bool {
    text == "{}" || text.starts_with("--") || matches!(text, "-R" | "-v" | "-f" | "-c" | "-h")
}

fn selection(site: &Site<'_, '_, '_>, line: &CommandLine<'_>) -> Option<Found> {
    let starts = |word: &&Word| !word.literal().is_some_and(|text| text.starts_with(['-', '(', '!']));
    let words: Vec<&Word> = line
        .words
        .iter()
        .skip(1)
        .skip_while(|word| word.is("-L") || word.is("-P") || word.is("-H"))
        .take_while(starts)
        .collect();
    let below: Vec<FilePath> = if words.is_empty() {
        vec![site.directory.clone()]
    } else {
        words.iter().flat_map(|word| site.paths(word)).collect()
    };
    let directories = line.value_of("-type").is_some_and(|value| value.text.as_deref() == Some("d"));
    let names: Vec<_> = line.values_of("-name").collect();
    // What stands between the places and the actions besides options is `!`, `-o`, parentheses.
    let is_plain =
        line.options.iter().all(|option| NEUTRAL.contains(&&*option.name)) && line.operands.len() == words.len();
    let name = match names.as_slice() {
        [] if is_plain && !directories => PartialText::known("*"),
        [name] if is_plain => PartialText::known(name.text.clone()?),
        _ => PartialText::unknown("*"),
    };
    Some(Found { below, is_named: name.known_str().is_some_and(|name| name != "*"), name, directories })
}
