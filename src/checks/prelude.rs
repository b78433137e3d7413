//! All that a check names of the crate.

pub use super::{Check, Context, Finding, Visit};
pub use crate::diagnostic::Edit;
pub use crate::dockerfile::ast::{Args, Instruction, Keyword, Pair, SyntaxError, SyntaxErrorKind, TokenKind, Word};
pub use crate::dockerfile::check_options;
pub use crate::dockerfile::expand::{Expansion, Folded, Lexer, Lookup};
pub use crate::dockerfile::glob::Glob;
pub use crate::dockerfile::instructions::{self, Concern, InstructionErrorKind};
pub use crate::dockerfile::mounts::{self, MountErrorKind};
pub use crate::dockerfile::near_json::Flaw;
pub use crate::dockerfile::platform;
pub use crate::dockerfile::views;
pub use crate::library::Library;
pub use crate::manifest::{
    self, Build, Entry, Field, Item, MaintainerFlaw, Manifest, ManifestError, ManifestErrorKind, Paragraph,
};
pub use crate::model::dispatch::{Dispatched, DispatchedStage};
pub use crate::model::dockerignore::Dockerignore;
pub use crate::model::files::{
    self, Action, Fetch, FileEvent, FilePath, History, LateChange, LateRemoval, Means, Origin, Output, Reach,
    SumOrigin, Target, Usage, Verification,
};
pub use crate::model::fill::{Filled, Part, Undefined};
pub use crate::model::flow::Execution;
pub use crate::model::image::is_reference;
pub use crate::model::purpose::{Purpose, purpose};
pub use crate::model::script::{Script, Shebang};
pub use crate::model::text::PartialText;
pub use crate::model::{
    Account, AccountId, AccountKind, ArchitectureQuestion, Base, Bases, Body, BuildContext, CaseUse, Command,
    ContextSource, GitIgnores, ImageReference, ImageUse, ImageUser, Model, Presence, Setting, ShellKind, SourcesOnDisk,
    Stage, Standing, Step, Support, WordOrigin, accounts, apt, apt_source, architecture, archives, base, beside, body,
    building, by_hand, caches, checksums, configured, context, copies, daemons, definitions, dockerignore, entrypoint,
    environment, errexit, flow, fold, gpg, hadolint, installs, keyrings, labels, layout, lists, moving, packages,
    parameters, paths, pins, places, rpm, secrets, settings, start, support, tools, urls, versions, workdir, written,
};
pub use crate::rulebook::options::{LabelKind, Options};
pub use crate::shell::table::Verb;
pub use crate::shell::{self, CommandLine, Frame, Invocation, ast as sh};
pub use crate::source::{Joined, NoText, Span};
