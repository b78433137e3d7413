//! Where a build asks for a version, instead of being told one.

use crate::shell::ast::{AssignedValue, Assignment, Word};
use crate::shell::table::Verb;
use crate::shell::{CommandLine, Frame, read};
use crate::source::Span;

use super::files::{FileEvent, Target};
use super::parameters::expands;
use super::text::PartialText;
use super::{Command, Model, urls};

/// Commands that tell which versions there are, with their subcommands.
const QUERIES: &[(&str, &[&str])] = &[
    ("git", &["ls-remote", "describe", "tag", "rev-list"]),
    ("npm", &["view", "info", "show", "v"]),
    ("yarn", &["info"]),
    ("pnpm", &["view", "info", "show"]),
    ("pip", &["index"]),
    ("apt-cache", &["madison", "policy", "show", "showpkg"]),
    ("apt", &["list", "show", "policy"]),
    ("apk", &["policy", "search"]),
    ("dnf", &["list", "info", "repoquery"]),
    ("yum", &["list", "info"]),
    ("gem", &["list", "search", "query", "info"]),
    ("gh", &["release", "api"]),
    ("helm", &["search"]),
    ("conda", &["search"]),
    ("cargo", &["search", "info"]),
    ("skopeo", &["list-tags"]),
    ("crane", &["ls"]),
    ("asdf", &["latest"]),
    ("svn", &["ls", "list"]),
];
/// So many assignments are followed from one output.
const MAX_ASSIGNMENTS: usize = 64;

/// A question for a version.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// The step.
    pub step: usize,
    /// The command or the URL that asks.
    pub span: Span,
    /// The variable that the answer is put into.
    pub variable: Option<String>,
}

impl<'a> Model<'a> {
    /// The questions for a version whose answer decides what is fetched or installed.
    pub fn lookups(&self) -> Vec<Lookup> {
        let of_urls = self.files().iter().filter(|event| self.is_lookup(event)).map(|event| {
            let command = event.command.and_then(|index| self.commands().get(index));
            let span = event.fetch().map_or(event.span, |fetch| fetch.url_span);
            Lookup { step: event.step, span, variable: command.and_then(|command| variable(command)) }
        });
        let mut found: Vec<Lookup> = of_urls.collect();
        for command in self.commands() {
            let Some(line) = command.line.as_ref().filter(|line| asks(line)) else { continue };
            if self.asks_of_version(command, line) || self.is_told_version(command) {
                continue;
            }
            let reveals_source = line.is("git") && !line.subcommand_is(&["ls-remote"]);
            let decides = |line: &CommandLine<'_>| {
                if reveals_source { line.is("git") && !asks(line) } else { brings_in(line) && !asks(line) }
            };
            if self.flows_into(command, &decides) {
                let span = line.head();
                found.push(Lookup { step: command.step, span, variable: variable(command) });
            }
        }
        for command in self.commands() {
            let Some(word) = self.redirect_asked(command) else { continue };
            let decides = |line: &CommandLine<'_>| brings_in(line) && !line.has("-I");
            if self.flows_into(command, &decides) {
                found.push(Lookup { step: command.step, span: word.span, variable: variable(command) });
            }
        }
        found.sort_by_key(|lookup| lookup.span);
        found.dedup_by_key(|lookup| lookup.span);
        found
    }

    /// Whether a download is one of a version's number, or of a page that tells it.
    pub fn is_lookup(&self, event: &FileEvent) -> bool {
        let Some(fetch) = event.fetch() else { return false };
        let Some(command) = event.command.and_then(|index| self.commands().get(index)) else { return false };
        if fetch.target == Target::Discarded {
            return false;
        }
        if fetch.urls.iter().any(urls::lists_versions) {
            return true;
        }
        let Some(place) = command.invocation.substitution().filter(|place| !place.process) else { return false };
        if place.command.and_then(read).is_some_and(|line| line.is_any(&["sh", "eval", "echo", "printf", "python"])) {
            return false;
        }
        let is_named = variable(command).is_some_and(|name| is_named_for_version(&name));
        let tells = |url| urls::tells_versions(url) || urls::moving(url).is_some() && !urls::is_key_or_repository(url);
        is_named
            || place.assignment.is_some_and(|_| fetch.urls.iter().any(tells))
            || place.assignment.is_none() && fetch.urls.iter().any(urls::tells_versions)
    }

    /// Whether it asks for what a version of a package says, or the package in a folder: that does not change.
    fn asks_of_version(&self, command: &Command<'a>, line: &CommandLine<'_>) -> bool {
        let Some(package) = line.operands.first().filter(|_| line.is_any(&["npm", "pnpm"])) else { return false };
        let is_whole = |version: &str| {
            let numbers = version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
            numbers.split('.').count() == 3 && numbers.split('.').all(|number| number.parse::<u32>().is_ok())
        };
        let written = self.source.slice(package.span).trim_matches(['"', '\'']);
        match self.only_word(command, package) {
            Some(text) if matches!(text.as_str(), "." | "./") => true,
            Some(text) => text.rsplit_once('@').is_some_and(|(name, version)| !name.is_empty() && is_whole(version)),
            None => written.split_once("@$").is_some_and(|(name, _)| !name.is_empty()),
        }
    }

    /// Whether the output is searched for a version that stands in the file, so that nothing but the revision of a package is told.
    fn is_told_version(&self, command: &Command<'a>) -> bool {
        self.piped_into(command).iter().any(|reader| {
            let line =
                reader.line.as_ref().filter(|line| line.is_any(&["grep", "egrep", "fgrep", "awk", "gawk", "sed"]));
            let words = line.map(|line| line.words).unwrap_or_default();
            words.iter().any(|word| {
                self.only_word(reader, word).is_some_and(|text| {
                    let mut numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.');
                    numbers.any(|it| it.split('.').filter(|part| !part.is_empty()).count() > 2)
                })
            })
        })
    }

    /// The URL of which a command wants to know only where it leads: `curl -I`, `curl -w '%{url_effective}'`.
    fn redirect_asked(&self, command: &Command<'a>) -> Option<&'a Word> {
        let line = command.line.as_ref()?;
        let asks_curl = line.is("curl") && (line.has("-I") || line.has("-w"));
        if !(asks_curl || line.is("wget") && line.has("--spider")) {
            return None;
        }
        let lists = |word: &&Word| {
            self.only_word(command, word).is_some_and(|url| urls::lists_versions(&PartialText::known(url)))
        };
        line.operands.iter().copied().find(lists)
    }

    /// Whether the output of a command gets to a command that `accepts`: as an argument, by a pipe, or through variables.
    fn flows_into(&self, command: &Command<'a>, accepts: &dyn Fn(&CommandLine<'_>) -> bool) -> bool {
        for frame in command.invocation.frames.iter().rev() {
            match *frame {
                Frame::Pipeline { .. } if command.invocation.pipeline().is_some() => {
                    let readers = self.piped_into(command);
                    let fed = |reader: &&Command<'a>| {
                        reader.line.as_ref().is_some_and(|line| {
                            accepts(line) && (line.wrappers.iter().any(|word| word.is("xargs")) || line.is("wget"))
                        })
                    };
                    if readers.iter().any(fed) {
                        return true;
                    }
                }
                Frame::Substitution(place) => {
                    if let Some(assignment) = place.assignment {
                        return self.variable_flows_into(command, &assignment.name, accepts, &mut Vec::new());
                    }
                    return place.command.and_then(read).is_some_and(|line| accepts(&line));
                }
                Frame::Function(_) => return false,
                _ => {}
            }
        }
        false
    }

    /// Each assignment is followed once, `seen` has those that were.
    fn variable_flows_into(
        &self,
        from: &Command<'a>,
        name: &str,
        accepts: &dyn Fn(&CommandLine<'_>) -> bool,
        seen: &mut Vec<*const Assignment>,
    ) -> bool {
        let at = from.invocation.simple.span.start;
        let later = self.commands_of(from.step).iter().filter(|other| other.invocation.simple.span.start > at);
        let takes = |word: &Word| expands(word, name);
        later.into_iter().any(|other| {
            let simple = other.invocation.simple;
            if other.line.as_ref().is_some_and(accepts) && simple.words.iter().any(takes) {
                return true;
            }
            let assigned = simple.assignments.iter().filter(|one| match &one.value {
                AssignedValue::Scalar(word) => takes(word),
                AssignedValue::Array(words) => words.iter().any(takes),
                AssignedValue::Unset => false,
            });
            assigned.into_iter().any(|one| {
                let this = std::ptr::from_ref(one);
                if one.name == name || seen.len() >= MAX_ASSIGNMENTS || seen.contains(&this) {
                    return false;
                }
                seen.push(this);
                self.variable_flows_into(other, &one.name, accepts, seen)
            })
        })
    }
}

/// The variable that the output of a command is put into.
fn variable(command: &Command<'_>) -> Option<String> {
    Some(command.invocation.substitution()?.assignment?.name.clone())
}

fn asks(line: &CommandLine<'_>) -> bool {
    QUERIES.iter().any(|(name, subcommands)| {
        let subcommand = line.subcommand.or_else(|| line.operands.first().copied());
        line.is(name) && subcommand.is_some_and(|word| subcommands.iter().any(|known| word.is(known)))
    })
}

/// Whether it brings something into the image.
fn brings_in(line: &CommandLine<'_>) -> bool {
    line.verb() == Some(Verb::Install)
        || line.is_any(&["curl", "wget", "git", "aria2c", "axel", "svn", "npm", "pip", "gh"])
}

fn is_named_for_version(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("version")
        || name.split('_').any(|part| matches!(part, "ver" | "tag" | "release" | "latest" | "v" | "build"))
}
