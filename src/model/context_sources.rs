//! The paths of the build context that COPY, ADD and bind mounts name, and whether the context is the folder at hand.

use std::cell::OnceCell;

use crate::dockerfile::ast::Word;
use crate::dockerfile::expand::Lexer;
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
    /// Whether it is a bind mount, which takes no patterns.
    pub is_mount: bool,
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
        for step in self.steps.iter().filter(|step| step.trigger_of.is_none()) {
            if let Some(transfer) = context::transfer(step) {
                // A template's expression may be several words.
                if transfer.sources.iter().any(|word| word.text.contains("{{")) {
                    continue;
                }
                let has_parents = step.instruction.flag("parents").is_some();
                let words = transfer.sources.iter().filter(|word| !context::is_remote(&word.text));
                let found = words.filter_map(|word| self.context_source(step, word, false));
                // With --parents a pattern chooses, and copies nothing where nothing fits.
                sources.extend(found.filter(|source| !(has_parents && source.is_pattern)));
            } else if let Some(run) = views::Run::of(step.instruction) {
                let mounts = run.mounts.iter().filter(|mount| mount.from.is_none() && mount.kind_text() == "bind");
                let words = mounts.filter_map(|mount| mount.source.as_ref());
                sources.extend(words.filter_map(|word| self.context_source(step, word, true)));
            }
            if sources.len() > MAX_SOURCES {
                sources.truncate(MAX_SOURCES);
                break;
            }
        }
        sources
    }

    fn context_source(&self, step: &Step<'_>, word: &Word, is_mount: bool) -> Option<ContextSource> {
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
            is_mount,
            is_pattern: !is_mount && is_pattern(&text),
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

/// Sources with what the folder of the Dockerfile says of them.
#[derive(Debug)]
pub struct SourcesOnDisk<'s> {
    context: &'s BuildContext,
    name: Option<&'s str>,
    /// The sources, each with whether it is there.
    pub sources: Vec<(ContextSource, Presence)>,
    standing: OnceCell<Standing>,
}

impl<'s> SourcesOnDisk<'s> {
    /// Looks the sources up; none without a context or sources.
    pub fn of(model: &Model<'_>, surroundings: &'s Surroundings) -> Option<Self> {
        let context = surroundings.context.as_ref()?;
        let sources = model.context_sources().into_iter().map(|source| {
            let presence = source.presence(context);
            (source, presence)
        });
        let sources: Vec<_> = sources.collect();
        let name = surroundings.name.as_deref();
        (!sources.is_empty()).then(|| Self { context, name, sources, standing: OnceCell::new() })
    }

    /// The sources that are not there.
    pub fn absent(&self) -> impl Iterator<Item = &ContextSource> {
        let absent = self.sources.iter().filter(|(_, presence)| *presence == Presence::Absent);
        absent.map(|(source, _)| source)
    }

    /// Whether the instruction of a source has another one.
    pub fn has_other(&self, source: &ContextSource) -> bool {
        let at = self.sources.partition_point(|(other, _)| other.step < source.step);
        let same = self.sources.iter().skip(at).take_while(|(other, _)| other.step == source.step);
        same.take(2).count() > 1
    }

    /// Whether the folder of the Dockerfile is the context.
    pub fn standing(&self) -> Standing {
        *self.standing.get_or_init(|| {
            let above = if self.absent().next().is_some() { self.context.above() } else { Vec::new() };
            let is_above =
                self.absent().any(|source| above.iter().any(|folder| source.presence(folder) != Presence::Absent));
            // The Dockerfile itself is in its folder wherever the context is.
            let tells = |source: &ContextSource| {
                !source.path.is_empty() && !source.is_pattern && self.name != Some(source.path.as_str())
            };
            let is_here = self
                .sources
                .iter()
                .any(|(source, presence)| matches!(presence, Presence::File | Presence::Folder) && tells(source));
            match (is_here, is_above) {
                (true, false) => Standing::Here,
                (true, true) => Standing::Divided,
                (false, true) => Standing::Above,
                (false, false) => Standing::Unknown,
            }
        })
    }
}
