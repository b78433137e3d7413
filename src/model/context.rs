//! What COPY and ADD take from the build context.

use crate::dockerfile::expand::Folded;
use crate::dockerfile::views::{Add, Copy, Transfer};

use super::{Base, Model, Step, workdir};

/// The transfer of a COPY or ADD that takes files from the build context, or may: the source of a COPY is no other stage.
pub fn transfer<'a>(step: &Step<'a>) -> Option<Transfer<'a>> {
    match (Copy::of(step.instruction), Add::of(step.instruction)) {
        (Some(copy), _) => copy.from.is_none().then_some(copy.transfer),
        (_, Some(add)) => Some(add.transfer),
        _ => None,
    }
}

/// Whether a source of ADD is no path of the context.
pub fn is_remote(source: &str) -> bool {
    source.contains("://") || source.starts_with("git@") || source.starts_with("github.com/")
}

/// Whether a source is all there is in the context: `.`, `./`, `/`, `*`.
pub fn is_whole(source: &str) -> bool {
    matches!(workdir::normal(source).as_str(), "" | "/*" | "/**") && !source.is_empty() && !source.contains("..")
}

impl Model<'_> {
    /// The text of a word of COPY or ADD with its variables filled in; none where that cannot be known, or it is a template.
    pub fn path(&self, step: &Step<'_>, text: &str) -> Option<String> {
        match self.fold(step, text) {
            Folded::Known(text) if !text.contains("{{") => Some(text),
            _ => None,
        }
    }

    /// Whether the image of a step starts from nothing: there a root file system is unpacked.
    pub fn starts_from_nothing(&self, step: &Step<'_>) -> bool {
        let root = step.stage.and_then(|stage| self.stages_below(stage).last());
        root.is_some_and(|stage| stage.base == Base::Scratch)
    }
}
