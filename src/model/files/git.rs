//! What git brings into the image, and at which revision.

use crate::model::text::PartialText;
use crate::shell::CommandLine;
use crate::shell::ast::Word;
use crate::source::Span;

use super::fetch::value_texts;
use super::{Action, FilePath, Origin, Recorder, Site};

impl<'m, 'a> Recorder<'m, 'a> {
    pub(super) fn git(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        let Some(subcommand) = line.subcommand.and_then(Word::literal) else { return };
        if subcommand == "clone" {
            self.clone(site, line);
            return;
        }
        let below = line.value_of("-C").and_then(|value| site.paths_of(&value_texts(site, value)).into_iter().next());
        let of_option = |option: &str| site.paths_of(&value_texts(site, line.value_of(option)?)).into_iter().next();
        let tree = of_option("--work-tree").or_else(|| of_option("--git-dir").map(|directory| directory.parent()));
        let path = tree.or(below).unwrap_or_else(|| site.directory.clone());
        // Behind `--` stand files.
        let names_files = line.words.iter().any(|word| word.is("--"));
        let skipped = match &*subcommand {
            "checkout" | "switch" | "reset" | "archive" if !names_files => 0,
            "fetch" | "pull" => 1,
            "worktree" if line.operands.first().is_some_and(|word| word.is("add")) => 2,
            _ => return,
        };
        let all = matches!(&*subcommand, "fetch" | "pull");
        for word in line.operands.iter().skip(skipped).take(if all { usize::MAX } else { 1 }) {
            for text in site.model.partial_words(site.execution, word) {
                // Of a refspec `+from:to` the first half is what is fetched.
                let text = text.strip_prefix("+").unwrap_or(text);
                self.checked_out(site, word.span, path.clone(), text.before_first(':'));
            }
        }
    }

    fn checked_out(&mut self, site: &Site<'_, 'm, 'a>, span: Span, path: FilePath, revision: PartialText) {
        self.push(site.step.index, Some(site), span, Action::CheckedOut { path, revision });
    }

    fn clone(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        let Some(url) = line.operands.first() else { return };
        let below = line.value_of("-C").and_then(|value| site.paths_of(&value_texts(site, value)).into_iter().next());
        let below = below.as_ref().unwrap_or(site.directory);
        let paths: Vec<FilePath> = match line.operands.get(1) {
            Some(directory) => {
                let texts = site.model.partial_words(site.execution, directory);
                texts.iter().map(|text| FilePath::new(text, below)).collect()
            }
            None => {
                let texts = site.model.partial_words(site.execution, url);
                let name = |text: &PartialText| {
                    let name = text.strip_suffix("/").unwrap_or_else(|| text.clone()).behind_last('/');
                    name.strip_suffix(".git").unwrap_or(name)
                };
                texts.iter().map(|text| below.join(&name(text))).collect()
            }
        };
        for path in paths {
            self.push(
                site.step.index,
                Some(site),
                url.span,
                Action::Made { path: path.clone(), origin: Origin::Repository },
            );
            for value in [line.value_of("-b"), line.value_of("--revision")].into_iter().flatten() {
                for revision in value_texts(site, value) {
                    self.checked_out(site, value.span, path.clone(), revision);
                }
            }
        }
    }
}
