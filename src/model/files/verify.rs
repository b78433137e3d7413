//! Comparisons with checksums and signatures.

use crate::model::text::PartialText;
use crate::model::{Command, parameters};
use crate::shell::ast::{AssignedValue, Part, PartKind, RedirectKind, Simple, Word};
use crate::shell::{CommandLine, Frame};
use crate::source::Span;

use super::fetch::value_texts;
use super::{Action, FileEvent, FilePath, Means, Output, Recorder, Site, SumOrigin, Verification};

/// So many variables are followed from one word.
const MAX_VARIABLES: usize = 32;
/// More texts than this that a check may be given are as good as none.
const MAX_TEXTS: usize = 32;
/// Programs that compute checksums, with their algorithm.
const SUMS: [(&str, &str); 9] = [
    ("sha256sum", "sha256"),
    ("sha512sum", "sha512"),
    ("sha384sum", "sha384"),
    ("sha224sum", "sha224"),
    ("sha1sum", "sha1"),
    ("md5sum", "md5"),
    ("b2sum", "blake2"),
    ("b3sum", "blake3"),
    ("cksum", "crc"),
];
/// Programs that print a file, or lines of it.
const READERS: [&str; 10] = ["cat", "grep", "egrep", "fgrep", "awk", "gawk", "sed", "cut", "head", "tail"];
/// What the endings of signatures and checksums are.
pub(super) const COMPANIONS: [&str; 17] = [
    ".asc",
    ".sig",
    ".sign",
    ".signature",
    ".minisig",
    ".pem",
    ".gpg",
    ".sha256",
    ".sha512",
    ".sha1",
    ".md5",
    ".sha256sum",
    ".sha512sum",
    ".sha1sum",
    ".md5sum",
    ".sigstore",
    ".bundle",
];

/// The lines that a check of checksums is given.
struct Lines {
    /// The files they name; none where they are not known.
    files: Option<Vec<FilePath>>,
    origin: SumOrigin,
}

impl Lines {
    const UNKNOWN: Self = Self { files: None, origin: SumOrigin::Unknown };
}

/// The algorithm of a program that computes checksums.
pub(super) fn algorithm(line: &CommandLine<'_>) -> Option<String> {
    if let Some((_, algorithm)) = SUMS.iter().find(|(name, _)| *name == line.name) {
        return Some((*algorithm).to_owned());
    }
    if line.is("shasum") {
        let bits = line.value_of("-a").map(|value| value.text.clone().unwrap_or_default());
        return Some(bits.map_or_else(|| "sha1".to_owned(), |bits| format!("sha{bits}")));
    }
    if line.is("openssl") {
        let digest = |text: &str| {
            let name = text.trim_start_matches('-').to_ascii_lowercase();
            let known = ["sha", "md5", "md4", "blake", "ripemd"].iter().any(|start| name.starts_with(start));
            known.then_some(name)
        };
        let subcommand = line.subcommand?.literal()?;
        return match &*subcommand {
            "dgst" => line.options.iter().find_map(|option| digest(&option.spelling)).or_else(|| Some("sha256".into())),
            other => digest(other),
        };
    }
    None
}

impl<'m, 'a> Recorder<'m, 'a> {
    pub(super) fn verifications(&mut self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) {
        let found = match line.name.as_str() {
            "gpg" | "gpg2" | "gpgv" | "gpgv2" | "gpgv-static" => Self::openpgp(site, line),
            "cosign" if line.subcommand_is(&["verify-blob", "verify-blob-attestation"]) => {
                Some(named(site, &line.operands))
            }
            "minisign" if line.has("-V") => {
                line.value_of("-m").map(|value| signature(site.paths_of(&value_texts(site, value))))
            }
            "signify" | "signify-openbsd" if line.has("-V") || line.has("-C") => match line.value_of("-m") {
                Some(value) => Some(signature(site.paths_of(&value_texts(site, value)))),
                None => Some(Verification { files: None, ..signature(Vec::new()) }),
            },
            "gh" | "slsa-verifier" | "jarsigner" | "rpmkeys" | "sigstore" | "dpkg-sig" | "debsig-verify"
                if line.words.iter().any(speaks_of_verifying) =>
            {
                Some(named(site, &line.operands))
            }
            "rpm" if line.has("-K") => Some(named(site, &line.operands)),
            "openssl" if line.value_of("-verify").is_some() || line.subcommand_is(&["smime", "cms"]) => {
                let input = line.value_of("-in").map(|value| value.word);
                Some(named(site, &line.operands.iter().copied().chain(input).collect::<Vec<_>>()))
            }
            _ => match algorithm(line) {
                Some(algorithm) => self.checksum(site, line, algorithm),
                None => Self::by_other_means(site, line),
            },
        };
        if let Some(verification) = found {
            self.push(site.step.index, Some(site), line.name_word.span, Action::Verified(verification));
        }
    }

    fn openpgp(site: &Site<'_, '_, '_>, line: &CommandLine<'_>) -> Option<Verification> {
        let is_gpgv = line.name.starts_with("gpgv");
        let decrypts = line.has("-d") || line.value_of("-o").is_some() && !writes_keys(line);
        if !is_gpgv && !line.has("--verify") && !line.has("--verify-files") && !decrypts {
            return None;
        }
        let operands = site.operands(line);
        let mut files: Vec<FilePath> = operands.iter().skip(1).flat_map(|word| site.paths(word)).collect();
        let signatures = operands.first().map(|word| site.paths(word)).unwrap_or_default();
        if operands.iter().skip(1).any(|word| word.is("-")) {
            return Some(Verification { files: None, ..signature(Vec::new()) });
        }
        if files.is_empty() || line.has("--verify-files") {
            // The signature holds the text, or is taken to be that of the file without its ending.
            files.extend(signatures.iter().flat_map(|path| signed_by(path).into_iter().chain([path.clone()])));
            files.extend(line.value_of("-o").into_iter().flat_map(|value| site.paths_of(&value_texts(site, value))));
        }
        let verification = signature(files);
        Some(if line.operands.is_empty() { Verification { files: None, ..verification } } else { verification })
    }

    fn checksum(&self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>, algorithm: String) -> Option<Verification> {
        let means = Means::Checksum(algorithm);
        if line.has("-c") && !line.is("openssl") {
            // A list that the RUN has made of the file itself says nothing.
            if let Some(files) = self.files_of_own_list(site, line) {
                return Some(Verification { files: Some(files), means, sum: SumOrigin::Unknown, compares: false });
            }
            let lines = self.check_lines(site, line);
            return Some(Verification { files: lines.files, means, sum: lines.origin, compares: true });
        }
        let mut files: Vec<FilePath> = line.operands.iter().flat_map(|word| site.paths(word)).collect();
        files.extend(line.value_of("-in").into_iter().flat_map(|value| site.paths_of(&value_texts(site, value))));
        let input = site.redirect(RedirectKind::Input);
        files.extend(input.into_iter().flat_map(|redirect| site.paths(&redirect.target)));
        let files = Some(files).filter(|files| !files.is_empty());
        // The checksum of a text is no check of a file.
        let writers = site.model.piped_from(site.execution.command);
        let is_text = |writer: &&Command<'_>| writer.line.as_ref().is_some_and(|line| line.is_any(&["echo", "printf"]));
        if files.is_none() && writers.iter().any(is_text) {
            return None;
        }
        let (compares, sum) = self.comparison(site);
        Some(Verification { files, means, sum, compares })
    }

    /// The files whose sums another command of the RUN has just written into the list that is checked.
    fn files_of_own_list(&self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) -> Option<Vec<FilePath>> {
        let [list] = line.operands.as_slice() else { return None };
        let list = site.path(list);
        let is_it = |event: &&FileEvent| event.step == site.step.index && event.written().contains(&&list);
        let mut made = self.events.iter().filter(is_it);
        let (maker, None) = (made.next()?, made.next()) else { return None };
        let maker = site.model.commands().get(maker.command?)?.line.as_ref()?;
        algorithm(maker).filter(|_| !maker.has("-c"))?;
        Some(maker.operands.iter().flat_map(|word| site.paths(word)).collect())
    }

    /// Whether a file that holds a sum is named again in its RUN or below by a command that does more than to show it, or to
    /// check what the sum was made of.
    fn is_read(site: &Site<'_, 'm, 'a>, file: &Word) -> bool {
        let Some(name) = site.path(file).name().known_str().map(str::to_owned).filter(|name| !name.is_empty()) else {
            return true;
        };
        let at = site.execution.command.invocation.simple.span.start;
        let names = |command: &&Command<'_>| {
            command.invocation.simple.span.start > at
                && site.model.source.slice(command.invocation.statement.span).contains(&name)
        };
        let shows = |command: &Command<'_>| {
            let is_piped = !matches!(Output::of(&command.invocation), Output::Terminal);
            command.line.as_ref().is_some_and(|line| {
                line.is("cat") && !is_piped
                    || line.is_any(&["rm", "ls", "chmod", "chown", "tee"])
                    || algorithm(line).is_some() && line.has("-c") && line.operands.len() == 1
            })
        };
        let mut later = site.model.commands().iter().filter(|command| command.step >= site.step.index);
        later.any(|command| names(&command) && !shows(command))
    }

    /// Whether what a checksum program prints is compared with anything, and where that comes from.
    fn comparison(&self, site: &Site<'_, 'm, 'a>) -> (bool, SumOrigin) {
        let command = site.execution.command;
        if let Some(reader) = site.model.piped_into(command).into_iter().find(|reader| {
            let known = ["grep", "egrep", "fgrep", "diff", "cmp", "comm", "xargs", "bash", "sh"];
            reader.line.as_ref().is_some_and(|line| match line.name.as_str() {
                // `awk '{print $1}'` only takes the sum out of what is printed.
                "awk" | "gawk" => line.operands.iter().any(|word| {
                    word.literal().is_none_or(|program| program.contains("==") || program.contains("exit"))
                }),
                _ => line.is_any(&known) || algorithm(line).is_some(),
            })
        }) {
            let words = reader.invocation.simple.words.iter().skip(1);
            return (true, self.origin_of_words(site, words));
        }
        // What `cut` and `awk` leave of it goes where their output goes.
        let readers = site.model.piped_into(command);
        if let Some(line) = readers.last().and_then(|last| last.line.as_ref()).filter(|line| line.is("tee")) {
            return (line.operands.iter().any(|file| Self::is_read(site, file)), SumOrigin::Unknown);
        }
        match Output::of(readers.last().map_or(&command.invocation, |last| &last.invocation)) {
            Output::Terminal => (false, SumOrigin::Unknown),
            Output::Captured(place) => match (place.command, place.assignment) {
                (Some(simple), None) if is_only_printed(site, simple) => (false, SumOrigin::Unknown),
                (Some(simple), None) => (true, self.origin_of_words(site, simple.words.iter().skip(1))),
                (_, Some(assignment)) => (true, self.origin_beside(site, &assignment.name)),
                _ => (true, SumOrigin::Unknown),
            },
            Output::File(redirect) => (Self::is_read(site, &redirect.target), SumOrigin::Unknown),
            Output::Piped(..) => (true, SumOrigin::Unknown),
        }
    }

    /// Where what the sum in a variable is compared with comes from: the other words of `[ "$sum" = ... ]`.
    fn origin_beside(&self, site: &Site<'_, 'm, 'a>, name: &str) -> SumOrigin {
        let commands = site.model.commands_of(site.step.index).iter();
        let tests = commands.filter(|other| other.line.as_ref().is_some_and(|line| line.is_any(&["[", "test"])));
        let mut words = tests.map(|test| &test.invocation.simple.words);
        match words.find(|words| words.iter().any(|word| parameters::expands(word, name))) {
            Some(words) => self.origin_of_words(site, words.iter().skip(1)),
            None => SumOrigin::Unknown,
        }
    }

    /// The lines that `sha256sum -c` reads.
    fn check_lines(&self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) -> Lines {
        let files: Vec<&Word> = line.operands.iter().copied().filter(|word| !word.is("-")).collect();
        if !files.is_empty() {
            let origins = files.iter().map(|word| self.origin_of_file(&site.path(word), word.span));
            return Lines { files: None, origin: worst(origins) };
        }
        let redirects = site.execution.command.invocation.statement.redirects.iter();
        if let Some(redirect) =
            redirects.rev().find(|redirect| redirect.fd.is_none_or(|fd| fd == 0) && reads(redirect.kind))
        {
            if redirect.kind == RedirectKind::Input {
                let origin = match redirect.target.parts.as_slice() {
                    [Part { kind: PartKind::ProcessSubstitution { .. }, .. }] => {
                        self.origin_of_words(site, std::iter::once(&redirect.target))
                    }
                    _ => self.origin_of_file(&site.path(&redirect.target), redirect.target.span),
                };
                return Lines { files: None, origin };
            }
            return self.printed(site, std::iter::once(&redirect.target));
        }
        let writers = site.model.piped_from(site.execution.command);
        self.written_by(site, &writers)
    }

    /// The lines that the stages of a pipeline before the check write.
    fn written_by(&self, site: &Site<'_, 'm, 'a>, writers: &[&'m Command<'a>]) -> Lines {
        let mut lines: Option<Lines> = None;
        for writer in writers {
            let Some(line) = &writer.line else { return Lines::UNKNOWN };
            let here_document =
                writer.invocation.statement.redirects.iter().find(|redirect| redirect.kind == RedirectKind::HereDoc);
            let next = if let Some(redirect) = here_document {
                self.printed(site, std::iter::once(&redirect.target))
            } else if line.is("echo") {
                self.printed(site, line.operands.iter().copied())
            } else if line.is("printf") {
                self.formatted(site, line)
            } else if line.is_any(&["curl", "wget"]) {
                Lines { files: None, origin: SumOrigin::Fetched(line.name_word.span) }
            } else if READERS.contains(&line.name.as_str()) {
                let origins = line.operands.iter().skip(usize::from(!line.is_any(&["cat", "cut", "head", "tail"])));
                let origins = origins.map(|word| self.origin_of_file(&site.path(word), word.span));
                match (worst(origins), &lines) {
                    // A filter of what is printed before it.
                    (SumOrigin::Unknown, Some(_)) => continue,
                    (origin, _) => Lines { files: None, origin },
                }
            } else if line.is_any(&["tr", "sort", "uniq", "tee", "xargs"]) {
                continue;
            } else {
                Lines::UNKNOWN
            };
            lines = Some(match lines {
                None => next,
                Some(before) => before.and(next),
            });
        }
        lines.unwrap_or(Lines::UNKNOWN)
    }

    /// The lines `sum *file` that words print.
    fn printed<'w>(&self, site: &Site<'_, 'm, 'a>, words: impl Iterator<Item = &'w Word>) -> Lines {
        let words: Vec<&Word> = words.collect();
        let blank = || vec![PartialText::known(" ")];
        let choices = words.iter().map(|word| site.model.partial_texts(site.execution, word));
        let pieces: Vec<_> = choices.flat_map(|choices| [choices, blank()]).collect();
        let origin = words.first().map_or(SumOrigin::Unknown, |word| self.origin_of_sum(site, word));
        Lines { files: files_in(products(&pieces), site.directory), origin }
    }

    /// The same for `printf`, whose format may be used several times.
    fn formatted(&self, site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) -> Lines {
        let Some((format, arguments)) = line.operands.split_first() else { return Lines::UNKNOWN };
        let Some(text) = format.literal() else { return self.printed(site, line.operands.iter().copied()) };
        let pieces: Vec<&str> = text.split("%s").collect();
        if pieces.len() < 2 {
            return self.printed(site, std::iter::once(*format));
        }
        let mut all = Vec::new();
        for arguments in arguments.chunks(pieces.len() - 1) {
            for (index, piece) in pieces.iter().enumerate() {
                all.push(vec![PartialText::known(*piece)]);
                all.extend(arguments.get(index).map(|word| site.model.partial_texts(site.execution, word)));
            }
        }
        let origin = arguments.first().map_or(SumOrigin::Unknown, |word| self.origin_of_sum(site, word));
        Lines { files: files_in(products(&all), site.directory), origin }
    }

    /// Where the checksum at the start of a word comes from.
    fn origin_of_sum(&self, site: &Site<'_, 'm, 'a>, word: &Word) -> SumOrigin {
        // In `'0123... *file'` the sum is a part of what is written out.
        let starts_with_sum = |text: &str| !text.starts_with([' ', '\t']);
        let mut ends = false;
        let parts = word.parts.iter().take_while(|part| match &part.kind {
            _ if ends => false,
            PartKind::Literal(text) if text.contains([' ', '\t']) => {
                ends = true;
                starts_with_sum(text)
            }
            _ => true,
        });
        self.origin_of_parts(site, parts, &mut Vec::new())
    }

    fn origin_of_words<'w>(&self, site: &Site<'_, 'm, 'a>, words: impl Iterator<Item = &'w Word>) -> SumOrigin {
        self.origin_of_parts(site, words.flat_map(|word| &word.parts), &mut Vec::new())
    }

    /// Each variable is followed once, `seen` has those that were.
    fn origin_of_parts<'w>(
        &self,
        site: &Site<'_, 'm, 'a>,
        parts: impl Iterator<Item = &'w Part>,
        seen: &mut Vec<String>,
    ) -> SumOrigin {
        worst(parts.map(|part| self.origin_of_part(site, part, seen)))
    }

    fn origin_of_part(&self, site: &Site<'_, 'm, 'a>, part: &Part, seen: &mut Vec<String>) -> SumOrigin {
        match &part.kind {
            PartKind::Literal(_) => SumOrigin::Declared,
            PartKind::Substitution(list) | PartKind::ProcessSubstitution { list, .. } => {
                let inside = crate::shell::invocations(list);
                let lines: Vec<CommandLine<'_>> =
                    inside.iter().filter_map(|invocation| crate::shell::read(invocation.simple)).collect();
                // The sum of the file itself, on the other side of a comparison.
                if lines.iter().any(|line| algorithm(line).is_some()) {
                    return SumOrigin::Declared;
                }
                worst(lines.iter().flat_map(|line| {
                    let fetches = line.is_any(&["curl", "wget"]).then_some(SumOrigin::Fetched(line.name_word.span));
                    let reads = READERS.contains(&line.name.as_str());
                    let files = line.operands.iter().filter(move |_| reads);
                    fetches.into_iter().chain(files.map(|word| self.origin_of_file(&site.path(word), word.span)))
                }))
            }
            PartKind::Parameter(parameter) if seen.contains(&parameter.name) => SumOrigin::Declared,
            PartKind::Parameter(parameter) if seen.len() < MAX_VARIABLES => {
                seen.push(parameter.name.clone());
                let command = site.execution.command;
                let setters = site.model.setters_before(command, &parameter.name).chain([command]);
                let assigned = setters.flat_map(|other| &other.invocation.simple.assignments);
                let values = assigned.filter(|one| one.name == parameter.name).filter_map(|one| match &one.value {
                    AssignedValue::Scalar(word) => Some(word),
                    _ => None,
                });
                let argument = parameter
                    .name
                    .parse::<usize>()
                    .ok()
                    .and_then(|number| site.execution.calls.last()?.line.as_ref()?.words.get(number));
                let words: Vec<&Word> = values.chain(argument).collect();
                if words.is_empty() {
                    SumOrigin::Declared
                } else {
                    self.origin_of_parts(site, words.into_iter().flat_map(|word| &word.parts), seen)
                }
            }
            PartKind::Parameter(_) | PartKind::Unknown => SumOrigin::Unknown,
        }
    }

    /// Where a file of checksums comes from.
    fn origin_of_file(&self, path: &FilePath, span: Span) -> SumOrigin {
        let is_it = |other: &FilePath| other == path || other.may_be(path) && other.name() == path.name();
        let before = self.events.iter().rev();
        for event in before {
            match &event.action {
                Action::Verified(Verification { files, means: Means::Signature, .. })
                    if files.as_ref().is_none_or(|files| files.iter().any(|file| file.may_share_name(path))) =>
                {
                    return SumOrigin::Signed;
                }
                // The list itself is compared with a sum that stands here.
                Action::Verified(Verification { files: Some(files), sum, compares: true, .. })
                    if matches!(sum, SumOrigin::Declared | SumOrigin::Signed) && files.iter().any(is_it) =>
                {
                    return sum.clone();
                }
                Action::Fetched(fetch) if fetch.files().iter().any(is_it) && !fetch.has_checksum => {
                    return SumOrigin::Fetched(span);
                }
                Action::Made { path: made, origin: super::Origin::Context } if path.lies_in(made) => {
                    return SumOrigin::Declared;
                }
                _ => {}
            }
        }
        SumOrigin::Unknown
    }

    /// Programs that are not known but speak of verifying, and code in another language that computes a hash.
    fn by_other_means(site: &Site<'_, 'm, 'a>, line: &CommandLine<'_>) -> Option<Verification> {
        let unknown = Verification {
            files: None,
            means: Means::Checksum(String::new()),
            sum: SumOrigin::Unknown,
            compares: true,
        };
        if line.is_any(&["php", "python", "node", "perl", "ruby"]) {
            let hashes = |word: &&Word| {
                let text = site.model.source.slice(word.span).to_ascii_lowercase();
                text.contains("hash") || text.contains("digest")
            };
            return line.words.iter().skip(1).find(hashes).map(|_| unknown);
        }
        let name = line.name.to_ascii_lowercase();
        let speaks = name.contains("verif") || name.contains("checksum") || name.contains("check-sum");
        (line.spec.is_none() && speaks && !is_function(site, line)).then_some(unknown)
    }
}

/// Whether `echo` shows what a substitution in it comes to.
fn is_only_printed(site: &Site<'_, '_, '_>, simple: &Simple) -> bool {
    let mut commands = site.model.commands_of(site.step.index).iter();
    commands.find(|other| std::ptr::eq(other.invocation.simple, simple)).is_some_and(|other| {
        other.line.as_ref().is_some_and(|line| line.is_any(&["echo", "printf"]))
            && matches!(Output::of(&other.invocation), Output::Terminal)
    })
}

/// Whether a command is a function of the same RUN, whose body is looked at instead.
fn is_function(site: &Site<'_, '_, '_>, line: &CommandLine<'_>) -> bool {
    let is_own = |frame: &Frame<'_>| matches!(frame, Frame::Function(function) if function.name == line.name);
    site.model.commands_of(site.step.index).iter().any(|command| command.invocation.frames.iter().any(is_own))
}

impl Lines {
    fn and(self, other: Self) -> Self {
        let files = match (self.files, other.files) {
            (Some(mut files), Some(others)) => {
                files.extend(others);
                Some(files)
            }
            _ => None,
        };
        Self { files, origin: worst([self.origin, other.origin].into_iter()) }
    }
}

/// All texts that pieces with several possibilities make; none where there are too many.
fn products(pieces: &[Vec<PartialText>]) -> Option<Vec<PartialText>> {
    let mut texts = vec![PartialText::default()];
    for choices in pieces {
        if texts.len() * choices.len() > MAX_TEXTS {
            return None;
        }
        texts = texts.iter().flat_map(|text| choices.iter().map(move |choice| text.with(choice))).collect();
    }
    Some(texts)
}

/// The files named in lines `sum *file`; none where a line may hold what it does not show.
fn files_in(texts: Option<Vec<PartialText>>, directory: &FilePath) -> Option<Vec<FilePath>> {
    let mut files = Vec::new();
    for text in texts? {
        // `echo -e` and `printf` have their line endings written out.
        for line in text.split(|c| c == '\n').iter().flat_map(|line| line.split_at_text("\\n")) {
            match line.words().as_slice() {
                [] => {}
                [_] => return None,
                [_, names @ ..] => files.extend(
                    names
                        .iter()
                        .map(|name| FilePath::new(&name.strip_prefix("*").unwrap_or_else(|| name.clone()), directory)),
                ),
            }
        }
    }
    Some(files)
}

fn worst(origins: impl Iterator<Item = SumOrigin>) -> SumOrigin {
    let rank = |origin: &SumOrigin| match origin {
        SumOrigin::Declared => 0,
        SumOrigin::Signed => 1,
        SumOrigin::Unknown => 2,
        SumOrigin::Fetched(_) => 3,
    };
    origins.max_by_key(rank).unwrap_or(SumOrigin::Unknown)
}

fn reads(kind: RedirectKind) -> bool {
    matches!(kind, RedirectKind::Input | RedirectKind::HereDoc | RedirectKind::HereString | RedirectKind::ReadWrite)
}

fn signature(files: Vec<FilePath>) -> Verification {
    Verification { files: Some(files), means: Means::Signature, sum: SumOrigin::Declared, compares: true }
}

fn named(site: &Site<'_, '_, '_>, words: &[&Word]) -> Verification {
    signature(words.iter().flat_map(|word| site.paths(word)).collect())
}

fn speaks_of_verifying(word: &Word) -> bool {
    word.literal().is_some_and(|text| text.contains("verif") || text.contains("checksig") || text == "-K")
}

fn writes_keys(line: &CommandLine<'_>) -> bool {
    ["--dearmor", "--enarmor", "--export", "--import", "--recv-keys", "-c", "-e", "-s", "--export-secret-keys"]
        .iter()
        .any(|option| line.has(option))
}

/// The file that a signature is taken to be of: `x` for `x.asc`.
fn signed_by(path: &FilePath) -> Option<FilePath> {
    let name = path.name();
    let stem = COMPANIONS.iter().find_map(|ending| name.strip_suffix(ending))?;
    Some(path.parent().join(&stem))
}
