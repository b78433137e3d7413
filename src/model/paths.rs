//! Directories that commands empty, and whether one path lies in another.

use crate::dockerfile::glob::Glob;
use crate::shell::ast::Word;

use super::{Command, Model};

/// Whether `path` is `directory` or lies in it. Both are absolute and without a slash at their end.
pub fn lies_in(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Model<'_> {
    /// Whether a command removes what is in a directory, or may do so: `rm`, `find -delete`, a `trap`, or a script whose
    /// name says that it cleans. Paths that merely end in the directory count, as those of `chroot` do.
    pub fn may_empty(&self, command: &Command<'_>, directory: &str) -> bool {
        let Some(line) = &command.line else { return false };
        let reaches = |word: &&Word| self.may_reach(command, word, directory);
        match line.name.as_str() {
            "rm" => {
                line.operands.iter().any(reaches)
                    || line.operands.iter().any(|word| leading(word).is_some_and(|text| !text.starts_with('/')))
                        && self.is_inside(command, directory)
            }
            "find" => {
                let acts = line.has("-delete") || line.has("-exec") || line.has("-execdir");
                (acts || command.invocation.pipeline().is_some()) && line.operands.iter().any(reaches)
            }
            "trap" => line.operands.first().and_then(|word| word.literal()).is_some_and(|script| {
                script.contains(directory)
                    || self.commands_of(command.step).iter().any(|other| {
                        let is_named = other.invocation.function().is_some_and(|function| function.name == script);
                        // A trap in the function itself is not followed.
                        is_named && !is_trap(other) && self.may_empty(other, directory)
                    })
            }),
            "install_packages" => true,
            name => cleans(name) || line.is("sh") && line.operands.first().is_some_and(|word| is_cleaner(word)),
        }
    }

    /// Whether the last `cd` before a command leads into a directory or one that it is in.
    fn is_inside(&self, command: &Command<'_>, directory: &str) -> bool {
        let at = command.invocation.simple.span.start;
        let before =
            self.commands_of(command.step).iter().rev().filter(|other| other.invocation.simple.span.start < at);
        let mut entered = before.filter_map(|other| other.line.as_ref().filter(|line| line.is("cd")));
        entered.next().and_then(|line| line.operands.first()?.literal()).is_some_and(|text| {
            let text = text.trim_end_matches('/');
            text.len() > 1 && lies_in(directory, text)
        })
    }

    fn may_reach(&self, command: &Command<'_>, word: &Word, directory: &str) -> bool {
        if word.has_quoted_glob() {
            return false;
        }
        match self.possible_words(command, word) {
            Some(paths) => paths.iter().any(|path| reaches(path, directory)),
            // What is known of the word has to speak of the directory's last part.
            None => {
                let name = directory.rsplit('/').next().unwrap_or_default();
                self.source.slice(word.span).to_ascii_lowercase().contains(name)
            }
        }
    }
}

fn is_trap(command: &Command<'_>) -> bool {
    command.line.as_ref().is_some_and(|line| line.is("trap"))
}

fn leading(word: &Word) -> Option<String> {
    word.literal().map(Into::into)
}

fn cleans(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("clean") || name.contains("slim")
}

fn is_cleaner(word: &Word) -> bool {
    word.literal().is_some_and(|path| cleans(path.rsplit('/').next().unwrap_or_default()))
}

/// Whether removing `path`, globs and braces included, takes away what is in `directory`.
fn reaches(path: &str, directory: &str) -> bool {
    // `/rootfs/var/lib/apt/lists` is the directory of another root.
    let path = path.find(directory).and_then(|at| path.get(at..)).unwrap_or(path);
    if !path.starts_with('/') {
        return false;
    }
    let is_pattern = |segment: &str| segment.contains(['*', '?', '[', '{']);
    let mut wanted = directory.split('/').filter(|segment| !segment.is_empty());
    let mut inside = false;
    for segment in path.split('/').filter(|segment| !segment.is_empty() && *segment != ".") {
        match wanted.next() {
            Some(_) if segment.contains(['[', '{']) => return true,
            Some(name) if !matches(segment, name) => return false,
            Some(_) => {}
            // Below the directory a pattern means all of it, a name means one file.
            None if is_pattern(segment) => return true,
            None => inside = true,
        }
    }
    !inside
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern == name
        || pattern.contains(['*', '?'])
            && Glob::parse(pattern).is_ok_and(|glob| glob.trim_prefix(name, true).is_some_and(|rest| rest.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rm_reaches() {
        for (path, expected) in [
            ("/var/lib/apt/lists/*", true),
            ("/var/lib/apt/lists/", true),
            ("/var/lib/apt//lists/./*.*", true),
            ("/var/lib/apt", true),
            ("/var/lib/apt/*", true),
            ("/var/lib/*/lists/*", true),
            ("/var/lib/{apt,dpkg}/", true),
            ("/rootfs/var/lib/apt/lists/*", true),
            ("/var/*.log", false),
            ("/var/lib/apt/lists/partial", false),
            ("/var/lib/apt/periodic/*", false),
            ("/var/cache/apt/*", false),
            ("/var/lib/apt-lists", false),
            ("var/lib/apt/lists", false),
        ] {
            assert_eq!(reaches(path, "/var/lib/apt/lists"), expected, "{path}");
        }
    }
}
