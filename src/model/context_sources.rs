//! The paths of the build context that COPY, ADD and bind mounts name, and whether the context is the folder at hand.

use std::cell::OnceCell;

use crate::dockerfile::ast::{Keyword, Word};
use crate::dockerfile::expand::Lexer;
use crate::dockerfile::instructions::Concern;
use crate::dockerfile::views;
use crate::source::Span;

use super::path_pattern::is_pattern;
use super::{BuildContext, Model, Presence, Step, Surroundings, context, workdir};

/// So many sources of a file are looked at.
const MAX_SOURCES: usize = 256;

/// A path that a build takes from its context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextSource {
    /// The step of the COPY, ADD or RUN.
    pub step: usize,
    /// Where it stands.
    pub span: Span,
    /// As written.
    pub written: String,
    /// The path, without `.`, `..` and slashes around it; empty for all of the context.
    pub path: String,
    /// RUN for a bind mount, which takes no patterns.
    pub keyword: Keyword,
    /// Whether it is a pattern, which may fit nothing.
    pub is_pattern: bool,
    /// Whether a build argument is part of it: builds may give another value.
    pub has_argument: bool,
    /// Whether it starts with `..`; the context has no folder above it, and a build takes the path from its root.
    pub leads_out: bool,
}

/// Whether the folder of a Dockerfile is its build context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A source of the Dockerfile is there, and none is in a folder above alone.
    Here,
    /// One source is there, and another in a folder above alone.
    Divided,
    /// No source is there, and one is in a folder above, which is the context, or would have to be.
    Above,
    /// Nothing tells.
    Unknown,
}

impl Model<'_> {
    /// The sources of a Dockerfile that the context has to have, as far as they are known. Triggers take theirs from another context.
    pub fn context_sources(&self) -> Vec<ContextSource> {
        let mut sources = Vec::new();
        if self.has_foreign_frontend() {
            return sources;
        }
        // Of an instruction with a flag that is none it is not known what it means.
        let unclear: Vec<usize> = self.errors_about(Concern::Flag).map(|(step, _)| step.index).collect();
        for step in self.steps.iter().filter(|step| step.trigger_of.is_none() && !unclear.contains(&step.index)) {
            if let Some(transfer) = context::transfer(step) {
                // A template's expression may be several words.
                if transfer.sources.iter().any(|word| word.text.contains("{{")) {
                    continue;
                }
                let has_parents = step.instruction.flag("parents").is_some();
                let words = transfer.sources.iter().filter(|word| !context::is_remote(&word.text));
                let found = words.filter_map(|word| self.context_source(step, word));
                // With --parents a pattern chooses, and copies nothing where nothing fits.
                sources.extend(found.filter(|source| !(has_parents && source.is_pattern)));
            } else if let Some(run) = views::Run::of(step.instruction) {
                let mounts = run.mounts.iter().filter(|mount| mount.from.is_none() && mount.kind_text() == "bind");
                let words = mounts.filter_map(|mount| mount.source.as_ref());
                sources.extend(words.filter_map(|word| self.context_source(step, word)));
            }
            if sources.len() > MAX_SOURCES {
                sources.truncate(MAX_SOURCES);
                break;
            }
        }
        sources
    }

    fn context_source(&self, step: &Step<'_>, word: &Word) -> Option<ContextSource> {
        let text = self.path(step, &word.text)?;
        // Paths of Windows, escapes, and what a script fills in.
        let is_placeholder = text.contains("%%") || text.starts_with('@') && text.contains("@/") || text.contains("<%");
        if text.is_empty() || text.contains(['\\', '\0', '$', '\n']) || is_placeholder || context::is_remote(&text) {
            return None;
        }
        Some(ContextSource {
            step: step.index,
            span: word.span,
            written: word.text.clone(),
            path: workdir::normal(&text).trim_start_matches('/').to_owned(),
            keyword: step.keyword(),
            is_pattern: step.keyword() != Keyword::Run && is_pattern(&text),
            has_argument: self.has_argument(step, &word.text),
            leads_out: text.split('/').find(|part| !matches!(*part, "" | ".")) == Some(".."),
        })
    }

    /// Whether a text uses a build argument, itself or through ENV.
    fn has_argument(&self, step: &Step<'_>, text: &str) -> bool {
        if !text.contains('$') {
            return false;
        }
        let lexer = Lexer { escape: self.file.escape, ..Lexer::default() };
        lexer.references(text).iter().any(|reference| {
            let definition = self.environment().definition(step.stage, step.index, &reference.name);
            let is_fixed = definition.filter(|definition| definition.is_env).and_then(|it| self.step(it.step));
            is_fixed.is_none_or(|env| self.source.slice(env.instruction.span).contains('$'))
        })
    }
}

impl ContextSource {
    /// Whether it is in the context; for a pattern, whether something fits.
    pub fn presence(&self, context: &BuildContext) -> Presence {
        if !self.is_pattern {
            return context.presence(&self.path);
        }
        match context.matches(&self.path) {
            Some(found) if found.is_empty() => Presence::Absent,
            Some(_) => Presence::File,
            None => Presence::Unknown,
        }
    }
}

/// The sources of a Dockerfile beside its folder, each looked up when it is first asked for.
#[derive(Debug)]
pub struct SourcesOnDisk<'s> {
    context: &'s BuildContext,
    /// The ENTRYPOINT.
    entrypoint: Option<&'s str>,
    sources: Vec<(ContextSource, OnceCell<Presence>)>,
    standing: OnceCell<Standing>,
}

impl<'s> SourcesOnDisk<'s> {
    /// The sources of a Dockerfile; none without a context or sources.
    pub fn of(model: &'s Model<'_>, surroundings: &'s Surroundings) -> Option<Self> {
        let context = surroundings.context.as_ref()?;
        let sources: Vec<_> = model.context_sources().into_iter().map(|source| (source, OnceCell::new())).collect();
        let entrypoint = || model.start().entrypoint.map(|step| model.source.slice(step.instruction.span));
        (!sources.is_empty()).then(|| Self { context, entrypoint: entrypoint(), sources, standing: OnceCell::new() })
    }

    /// The sources in order.
    pub fn sources(&self) -> impl Iterator<Item = &ContextSource> {
        self.sources.iter().map(|(source, _)| source)
    }

    /// The sources that are not there.
    pub fn absent(&self) -> impl Iterator<Item = &ContextSource> {
        self.looked_up().filter(|(_, presence)| *presence == Presence::Absent).map(|(source, _)| source)
    }

    fn looked_up(&self) -> impl Iterator<Item = (&ContextSource, Presence)> {
        self.sources.iter().map(|(source, presence)| (source, *presence.get_or_init(|| source.presence(self.context))))
    }

    /// Whether the instruction of a source has another one.
    pub fn has_other(&self, source: &ContextSource) -> bool {
        let at = self.sources.partition_point(|(other, _)| other.step < source.step);
        self.sources.iter().skip(at).take_while(|(other, _)| other.step == source.step).nth(1).is_some()
    }

    /// Whether the folder of the Dockerfile is the context.
    pub fn standing(&self) -> Standing {
        *self.standing.get_or_init(|| {
            let above = if self.absent().next().is_some() { self.context.above() } else { Vec::new() };
            let is_above =
                self.absent().any(|source| above.iter().any(|folder| source.presence(folder) != Presence::Absent));
            let is_here = self.looked_up().any(|(source, presence)| self.tells(source, presence));
            match (is_here, is_above) {
                (true, false) => Standing::Here,
                (true, true) => Standing::Divided,
                (false, true) => Standing::Above,
                (false, false) => Standing::Unknown,
            }
        })
    }

    /// Whether a source that is there tells that the folder is a context, with all that belongs to it. A Dockerfile is in its folder
    /// wherever the context is, and collections of Dockerfiles have their entrypoint scripts along and nothing else.
    fn tells(&self, source: &ContextSource, presence: Presence) -> bool {
        if source.path.is_empty() || source.is_pattern {
            return false;
        }
        match presence {
            Presence::File => {
                let name = source.path.rsplit('/').next().unwrap_or_default();
                !is_collected(name) && !self.entrypoint.is_some_and(|entrypoint| entrypoint.contains(name))
            }
            Presence::Folder => self.context.list(&source.path).is_some_and(|names| {
                let paths =
                    names.iter().filter(|name| !is_collected(name)).map(|name| format!("{}/{name}", source.path));
                paths.take(MAX_SOURCES).any(|path| self.context.presence(&path) == Presence::File)
            }),
            Presence::Absent | Presence::Unknown => false,
        }
    }
}

fn is_collected(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["dockerfile", "containerfile", "entrypoint", "entry-point", ".dockerignore"].iter().any(|part| name.contains(part))
}
