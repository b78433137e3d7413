//! What ShellCheck finds in single commands and the linter that is built in does not look for. How ShellCheck 0.11 answers was tried
//! out: on both commands by their own names, behind a path too, but not behind `sudo`.

use super::ast::Word;
use super::lint::{Code, ShellFinding};
use super::{CommandLine, invocations, read};
use crate::source::Joined;

/// The codes, with the command that each is about.
const CODES: [(Code, &str); 2] = [(2174, "mkdir"), (2185, "find")];

/// Those of the codes that are looked for here.
pub(super) fn known(codes: &[Code]) -> Vec<Code> {
    CODES.iter().map(|(code, _)| *code).filter(|code| codes.contains(code)).collect()
}

/// What is found in a script. One that cannot be read has no findings.
pub(super) fn find(text: &str, codes: &[Code]) -> Vec<ShellFinding> {
    if !CODES.iter().any(|(code, name)| codes.contains(code) && text.contains(name)) {
        return Vec::new();
    }
    let mut script = Joined::default();
    script.push(text, 0);
    let Ok(list) = super::parse(&script) else { return Vec::new() };
    let own = invocations(&list).into_iter().filter(|command| command.script().is_none());
    own.filter_map(|command| one(&read(command.simple)?, codes))
        .filter(|found| !is_disabled(text, found.range.start, found.code))
        .collect()
}

fn one(line: &CommandLine<'_>, codes: &[Code]) -> Option<ShellFinding> {
    let (code, _) = CODES.into_iter().find(|(code, name)| line.name == *name && codes.contains(code))?;
    if !line.wrappers.is_empty() {
        return None;
    }
    let (span, message) = match code {
        2174 => (late_mode(line)?, "`-m` is the mode of the last folder alone, `-p` makes those above it with another"),
        _ => (line.name_word.span.to(folderless(line)?), "some `find` have no folder to start from of their own"),
    };
    Some(ShellFinding { code, message: message.to_owned(), range: span.range(), fix: None })
}

/// The `-m` of a `mkdir -p` that may make more than one folder.
fn late_mode(line: &CommandLine<'_>) -> Option<crate::source::Span> {
    let mode = line.options.iter().find(|option| option.name == "-m")?;
    let climbs = |text: &str| text.rsplit_once('/').is_some_and(|(above, name)| !name.is_empty() && is_dots(above));
    let may_be_deep = |word: &Word| word.literal().is_none_or(|text| text.contains('/') && !climbs(&text));
    (line.has("-p") && line.words.iter().skip(1).any(may_be_deep)).then_some(mode.span)
}

/// `..`, `../.`
fn is_dots(path: &str) -> bool {
    path.split('/').all(|part| matches!(part, "." | ".."))
}

/// The end of what stands where a `find` should have a folder: an option or a test, or nothing.
fn folderless(line: &CommandLine<'_>) -> Option<crate::source::Span> {
    let is_leading = |word: &&Word| {
        let letters = word.literal().and_then(|text| text.strip_prefix('-').map(str::to_owned));
        letters
            .is_some_and(|letters| letters.len() == 1 || letters.chars().all(|c| "-EHLPXdfsxO0123456789".contains(c)))
    };
    let mut arguments = line.words.iter().skip(1).skip_while(is_leading);
    match arguments.next() {
        None => Some(line.words.last()?.span),
        Some(word) => word.literal().filter(|text| text.starts_with('-')).map(|_| word.span),
    }
}

/// Whether a comment turns the code off: `# shellcheck disable=SC2185`, above the line or before the first command.
fn is_disabled(text: &str, at: usize, code: Code) -> bool {
    let names = |comment: &str| {
        let directive = comment.trim_start().strip_prefix('#').map(str::trim_start);
        let Some(options) = directive.and_then(|text| text.strip_prefix("shellcheck ")) else { return false };
        let mut disabled = options.split_whitespace().filter_map(|option| option.strip_prefix("disable="));
        let is_it = |one: &str| one == "all" || one.trim_start_matches("SC").parse() == Ok(code);
        disabled.any(|list| list.split(',').any(is_it))
    };
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    let before = text.get(..at).and_then(|before| before.rsplit_once('\n')).map_or("", |(above, _)| above);
    let mut above = before.lines().rev().take_while(is_comment);
    above.any(names) || text.lines().take_while(|line| line.trim().is_empty() || is_comment(line)).any(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [Code; 0] = [];

    fn found(command: &str) -> Vec<Code> {
        find(command, &known(&[2086, 2174, 2185])).iter().map(|found| found.code).collect()
    }

    #[test]
    fn a_mode_for_the_last_folder_alone() {
        for command in [
            "mkdir -p -m 0770 /var/solr",
            "mkdir -pm700 /a",
            "/bin/mkdir --parents --mode=700 a/b",
            "mkdir -m \"$mode\" -p dir",
            "mkdir -p -m 700 a b/c",
            "mkdir -p -m 700 a/",
            "mkdir -p -m700 ./a/b",
            "umask 0 && (x=1 mkdir -p -m700 -- ~/a)",
        ] {
            assert_eq!(found(command), [2174], "{command}");
        }
        for command in [
            "mkdir -m 700 a/b",
            "mkdir -p -m 700 a",
            "mkdir -p -m 700 ./a",
            "mkdir -p -m 700 ../../a",
            "mkdir -p -m 700 .././a",
            "sudo mkdir -p -m 700 a/b",
            "install -d -m 700 a/b",
            "sh -c 'mkdir -p -m 700 a/b'",
        ] {
            assert_eq!(found(command), NONE, "{command}");
        }
    }

    #[test]
    fn a_folder_to_start_from() {
        for command in [
            "find -name x",
            "find",
            "find -H -name x",
            "find -O3 -name x",
            "find \"-name\" x",
            "/usr/bin/find -type f",
            "\\find -P",
            "x=$(find -type f)",
            "while read -r x; do find -print0 | xargs -0 rm; done",
        ] {
            assert_eq!(found(command), [2185], "{command}");
        }
        for command in [
            "find . -name x",
            "find -HL . -name x",
            "find -D tree -name x",
            "find \\( -name x \\)",
            "find ! -name x",
            "find $x -name y",
            "find \"$@\"",
            "sudo find -name x",
            "command find -type f",
            "echo find -name x",
        ] {
            assert_eq!(found(command), NONE, "{command}");
        }
    }

    #[test]
    fn comments_turn_codes_off() {
        assert_eq!(found("a\n# shellcheck disable=SC2174,SC2185\nfind -name x\n"), NONE);
        assert_eq!(found("#!/bin/sh\n# shellcheck disable=2185\na\nfind -name x\n"), NONE);
        assert_eq!(found("a\n# shellcheck disable=SC2174\nfind -name x\n"), [2185]);
        assert_eq!(found("# shellcheck disable=SC2185\n"), NONE);
        assert_eq!(found("a\n# shellcheck disable=SC2185\nb\nfind -name x\n"), [2185]);
    }
}
