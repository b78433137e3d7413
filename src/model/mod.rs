//! What rules ask about a Dockerfile: its stages, its variables, its images, its commands. Computed once a file, when it
//! is first asked for, and read-only.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use crate::dockerfile::ast::{Dockerfile, Heredoc, Instruction, Keyword, Word};
use crate::dockerfile::expand::{Folded, Lookup};
use crate::dockerfile::instructions::{self, Concern, InstructionError};
use crate::dockerfile::views::{self, From};
use crate::shell::{CommandLine, Invocation, ShellReader, invocations, read};
use crate::source::{Source, Span};

pub mod accounts;
pub mod answers;
pub mod apt;
pub mod apt_source;
pub mod architecture;
pub mod architecture_names;
pub mod archives;
pub mod base;
pub mod base_variables;
pub mod bases;
pub mod beside;
pub mod body;
pub mod build_checks;
pub mod build_context;
pub mod building;
pub mod by_hand;
pub mod caches;
pub mod cases;
pub mod checksums;
pub mod configured;
pub mod context;
pub mod context_files;
pub mod context_sources;
pub mod copies;
pub mod daemons;
pub mod definitions;
pub mod dispatch;
pub mod dockerignore;
pub mod entrypoint;
pub mod environment;
pub mod errexit;
pub mod files;
pub mod fill;
pub mod flow;
pub mod fold;
pub mod git_ignores;
pub mod gpg;
pub mod hadolint;
pub mod image;
pub mod installs;
pub mod keyrings;
pub mod labels;
pub mod layout;
pub mod lists;
pub mod lookups;
pub mod moving;
pub mod origin;
pub mod packages;
pub mod parameters;
pub mod path_pattern;
pub mod paths;
pub mod pins;
pub mod places;
pub mod purpose;
pub mod references;
pub mod removal;
pub mod rpm;
pub mod script;
pub mod secrets;
mod setters;
pub mod settings;
pub mod shell_text;
pub mod signing;
mod stages;
pub mod start;
pub mod support;
pub mod text;
pub mod tools;
pub mod urls;
pub mod versions;
pub mod workdir;
pub mod written;

pub use accounts::{Account, AccountId, AccountKind};
pub use architecture_names::ArchitectureQuestion;
pub use bases::Bases;
pub use body::{Body, ShellKind};
pub use build_context::{BuildContext, Mode, Presence, Surroundings};
pub use cases::CaseUse;
pub use context_sources::{ContextSource, SourcesOnDisk, Standing};
pub use environment::Environment;
pub use git_ignores::GitIgnores;
pub use image::{Base, ImageReference, ImageUse, ImageUser};
pub use origin::WordOrigin;
pub use references::{Mentions, Reference};
pub use script::{Script, Shebang};
pub use settings::Setting;
pub use shell_text::{BinSh, ShellText};
pub use support::Support;
pub use written::Write;

/// An instruction where it takes effect.
#[derive(Debug)]
pub struct Step<'a> {
    /// Its place in [`Model::steps`].
    pub index: usize,
    /// The instruction; for a trigger the one behind ONBUILD.
    pub instruction: &'a Instruction,
    /// The here-documents of the line; a trigger's stand on its ONBUILD.
    pub heredocs: &'a [Heredoc],
    /// The ONBUILD step that it is the trigger of.
    pub trigger_of: Option<usize>,
    /// Its stage; none before the first FROM.
    pub stage: Option<usize>,
    /// The shell that its shell form is handed to.
    pub shell: ShellKind,
}

impl Step<'_> {
    /// The keyword of the instruction.
    pub fn keyword(&self) -> Keyword {
        self.instruction.keyword
    }
}

/// A build stage.
#[derive(Debug)]
pub struct Stage<'a> {
    /// Its place in [`Model::stages`].
    pub index: usize,
    /// The step of its FROM.
    pub from: usize,
    /// Its name, where it has one.
    pub name: Option<&'a Word>,
    /// What it is built on.
    pub base: Base,
    /// Its steps, FROM included.
    pub steps: Range<usize>,
    /// Whether it is the last one, which is what a build makes unless told otherwise.
    pub is_final: bool,
}

/// So many stages are looked at for a name that is like another one.
const MAX_LIKE: usize = 1000;

/// A command that a RUN executes.
#[derive(Debug)]
pub struct Command<'a> {
    /// The step of the RUN.
    pub step: usize,
    /// The command and what is around it.
    pub invocation: Invocation<'a>,
    /// The command with its options and operands told apart; none where its name cannot be known.
    pub line: Option<CommandLine<'a>>,
}

/// The bodies of a file's RUN instructions, each read when it is first asked for.
#[derive(Debug, Default)]
pub struct Bodies {
    bodies: Vec<OnceCell<Body>>,
    reader: Arc<ShellReader>,
}

impl Bodies {
    /// Room for the bodies of a file.
    pub fn of(file: &Dockerfile) -> Self {
        // An ONBUILD takes two steps, itself and its trigger.
        let steps = file.instructions.iter().map(|instruction| 1 + usize::from(instruction.child().is_some())).sum();
        Self { bodies: std::iter::repeat_with(OnceCell::new).take(steps).collect(), reader: Arc::default() }
    }

    /// Has them read by a reader that has read other files.
    #[must_use]
    pub fn read_by(self, reader: &Arc<ShellReader>) -> Self {
        Self { reader: Arc::clone(reader), ..self }
    }

    /// The body of a file of one step, which is read already.
    fn read_already(body: Body) -> Self {
        Self { bodies: vec![OnceCell::from(body)], reader: Arc::default() }
    }
}

/// The model of one file.
#[derive(Debug)]
pub struct Model<'a> {
    /// The bytes.
    pub source: &'a Source,
    /// The tree.
    pub file: &'a Dockerfile,
    /// The instructions in order, the triggers of ONBUILD after theirs.
    pub steps: Vec<Step<'a>>,
    /// The stages in order.
    pub stages: Vec<Stage<'a>>,
    stage_names: stages::StageNames,
    bodies: &'a Bodies,
    environment: OnceCell<Environment>,
    commands: OnceCell<Vec<Command<'a>>>,
    setters: OnceCell<setters::Setters<'a>>,
    instruction_errors: OnceCell<Vec<(usize, InstructionError)>>,
    image_uses: OnceCell<Vec<ImageUse>>,
    files: OnceCell<Vec<files::FileEvent>>,
    writes: OnceCell<Vec<Write>>,
    layers: OnceCell<files::Layers>,
    dispatch: OnceCell<dispatch::Dispatch>,
    mentions: OnceCell<Mentions<'a>>,
    /// The steps that are WORKDIR, triggers too.
    workdirs: OnceCell<Vec<usize>>,
    /// Of each stage, whether the last one is it or is built on it.
    shipped: OnceCell<Vec<bool>>,
}

impl<'a> Model<'a> {
    /// Lays out steps and stages; `bodies` has to be made for the same file.
    pub fn new(source: &'a Source, file: &'a Dockerfile, bodies: &'a Bodies) -> Self {
        let (steps, stages, stage_names) = stages::lay_out(file);
        Self {
            source,
            file,
            steps,
            stages,
            stage_names,
            bodies,
            environment: OnceCell::new(),
            commands: OnceCell::new(),
            setters: OnceCell::new(),
            instruction_errors: OnceCell::new(),
            image_uses: OnceCell::new(),
            files: OnceCell::new(),
            writes: OnceCell::new(),
            layers: OnceCell::new(),
            dispatch: OnceCell::new(),
            mentions: OnceCell::new(),
            workdirs: OnceCell::new(),
            shipped: OnceCell::new(),
        }
    }

    /// What a step executes; [`Body::Empty`] for anything but RUN.
    pub fn body(&self, step: &Step<'_>) -> &'a Body {
        const NOTHING: &Body = &Body::Empty;
        match (self.bodies.bodies.get(step.index), self.steps.get(step.index)) {
            (Some(cell), Some(step)) if body::has_body(step.instruction) => cell.get_or_init(|| {
                body::read(step.instruction, step.heredocs, step.shell, self.source, &self.bodies.reader)
            }),
            _ => NOTHING,
        }
    }

    /// The commands of all RUN instructions, in order.
    pub fn commands(&self) -> &[Command<'a>] {
        self.commands.get_or_init(|| {
            let mut commands = Vec::new();
            for step in &self.steps {
                let Some(list) = self.body(step).list() else { continue };
                for invocation in invocations(list) {
                    let line = read(invocation.simple);
                    commands.push(Command { step: step.index, invocation, line });
                }
            }
            commands
        })
    }

    /// The commands of one step, in order.
    pub fn commands_of(&self, step: usize) -> &[Command<'a>] {
        let commands = self.commands();
        let start = commands.partition_point(|command| command.step < step);
        let end = commands.partition_point(|command| command.step <= step);
        commands.get(start..end).unwrap_or_default()
    }

    /// The variables of the file.
    pub fn environment(&self) -> &Environment {
        self.environment.get_or_init(|| Environment::new(self.file, &self.steps, &self.stages))
    }

    /// Fills in the variables of a text as BuildKit does at a step. In FROM only ARG before the first FROM counts.
    pub fn fold(&self, step: &Step<'_>, text: &str) -> Folded {
        let stage = if step.keyword() == Keyword::From { None } else { step.stage };
        let at = if step.keyword() == Keyword::From { usize::MAX } else { step.index };
        self.environment().fold(stage, at, text)
    }

    /// The value of a variable at a step.
    pub fn lookup(&self, step: &Step<'_>, name: &str) -> Lookup {
        self.environment().lookup(step.stage, step.index, name)
    }

    /// Whether the file leaves a variable empty at a step, so that only whoever builds may set it.
    pub fn is_empty_by_default(&self, step: &Step<'_>, name: &str) -> bool {
        use environment::{Definition, Value};
        match self.environment().definition(step.stage, step.index, name) {
            Some(Definition { value: Value::Known(text), .. }) => text.is_empty(),
            Some(Definition { value: Value::Unset, .. }) => true,
            _ => false,
        }
    }

    /// What BuildKit's instruction stage refuses, with the index of the step. A trigger's error only shows in the build
    /// that runs it.
    pub fn instruction_errors(&self) -> &[(usize, InstructionError)] {
        self.instruction_errors.get_or_init(|| {
            let mut errors = Vec::new();
            let mut found = instructions::check_file(self.file).into_iter().peekable();
            let mut instruction = 0;
            for step in &self.steps {
                if step.trigger_of.is_none() {
                    if let Some((_, error)) = found.next_if(|(index, _)| *index == instruction) {
                        errors.push((step.index, error));
                    }
                    instruction += 1;
                } else if errors.last().is_none_or(|(index, _)| *index + 1 != step.index)
                    && !self.has_syntax_error(step.instruction.span)
                {
                    errors.extend(instructions::check(step.instruction).err().map(|error| (step.index, error)));
                }
            }
            errors
        })
    }

    /// The instruction errors that are about one thing, with their steps.
    pub fn errors_about(&self, concern: Concern) -> impl Iterator<Item = (&Step<'a>, &InstructionError)> {
        let errors = self.instruction_errors().iter().filter(move |(_, error)| error.kind.concern() == concern);
        errors.filter_map(|(index, error)| Some((self.steps.get(*index)?, error)))
    }

    /// Whether the file asks for a frontend that is not Docker's own, which may know other instructions and flags.
    pub fn has_foreign_frontend(&self) -> bool {
        self.file.syntax.as_ref().is_some_and(|syntax| {
            let image = ImageReference::parse(&syntax.text);
            !matches!(image.familiar(), "docker/dockerfile" | "docker/dockerfile-upstream")
        })
    }

    fn has_syntax_error(&self, span: Span) -> bool {
        self.file.errors.iter().any(|error| span.contains(error.span))
    }

    /// The image names in FROM, COPY --from and RUN --mount, in order.
    pub fn image_uses(&self) -> &[ImageUse] {
        self.image_uses.get_or_init(|| self.collect_image_uses())
    }

    /// What happens to files, in the order of execution; see [`files`].
    pub fn files(&self) -> &[files::FileEvent] {
        self.files.get_or_init(|| files::Recorder::record(self))
    }

    /// The file as BuildKit carries it out; see [`dispatch`].
    pub fn dispatch(&self) -> &dispatch::Dispatch {
        self.dispatch.get_or_init(|| self.dispatched())
    }

    /// The names that stand in the file.
    pub fn mentions(&self) -> &Mentions<'a> {
        self.mentions.get_or_init(|| Mentions::of(self))
    }

    /// The instruction of the same kind before a step in its stage. A trigger takes effect in another build.
    pub fn earlier_in_stage(&self, step: &Step<'_>) -> Option<&Step<'a>> {
        let before = self.steps.get(..step.index)?.iter().rev().take_while(|earlier| earlier.stage == step.stage);
        let mut same = before.filter(|earlier| earlier.keyword() == step.keyword() && earlier.trigger_of.is_none());
        same.next().filter(|_| step.trigger_of.is_none())
    }

    /// The step of a place in the file, for findings that start there.
    pub fn step(&self, index: usize) -> Option<&Step<'a>> {
        self.steps.get(index)
    }

    /// The lines that a step takes, here-documents and the last line's ending included.
    pub fn lines_of(&self, step: &Step<'_>) -> Span {
        let lines = (step.instruction.start_line, step.instruction.end_line);
        self.source.line_span(lines.0).to(self.source.line_span(lines.1))
    }

    /// The stage that a step belongs to.
    pub fn stage_of(&self, step: &Step<'_>) -> Option<&Stage<'a>> {
        self.stages.get(step.stage?)
    }

    /// The image that a stage stands on in the end, through the stages between.
    pub fn root_image(&self, stage: &Stage<'_>) -> Option<&ImageReference> {
        let mut below = stage.index;
        let mut base = &self.stages.get(below)?.base;
        loop {
            match base {
                Base::Image(image) => return Some(image),
                Base::Stage(index) if *index < below => {
                    below = *index;
                    base = &self.stages.get(below)?.base;
                }
                _ => return None,
            }
        }
    }

    /// The stage of this name wherever it stands, the last one where there are several.
    pub fn stage_named(&self, name: &str) -> Option<&Stage<'a>> {
        self.stages.get(self.stage_names.last_before(name, usize::MAX)?)
    }

    /// The first stage of a name.
    pub fn first_stage_named(&self, name: &str) -> Option<&Stage<'a>> {
        self.stages.get(self.stage_names.first(name)?)
    }

    /// The stage whose name is most like a name that nothing has: a slip of the pen or two away.
    pub fn nearest_stage(&self, name: &str) -> Option<&Stage<'a>> {
        let name = name.to_ascii_lowercase();
        let distance = |stage: &&Stage<'a>| {
            stage.name.map_or(usize::MAX, |known| strsim::osa_distance(&known.text.to_ascii_lowercase(), &name))
        };
        let nearest = self.stages.iter().take(MAX_LIKE).min_by_key(distance)?;
        let slips = distance(&nearest);
        (0 < slips && slips <= 2 && slips * 3 <= name.len()).then_some(nearest)
    }

    fn collect_image_uses(&self) -> Vec<ImageUse> {
        let mut uses = Vec::new();
        for step in &self.steps {
            let mut add = |user, word: &Word| {
                let base = match step.stage {
                    _ if user == ImageUser::From => self.stage_of(step).map(|stage| stage.base.clone()),
                    stage => Some(self.resolve_copy_source(&word.text, stage)),
                };
                let written = self.source.slice(word.span).to_owned();
                uses.extend(base.map(|base| ImageUse { base, user, written, span: word.span, step: step.index }));
            };
            // BuildKit refuses FROM as a trigger; it is no stage.
            if let Some(from) = From::of(step.instruction).filter(|_| step.trigger_of.is_none()) {
                if let Some(image) = from.image {
                    add(ImageUser::From, image);
                }
            } else if let Some(copy) = views::Copy::of(step.instruction) {
                if let Some(value) = copy.from.and_then(|flag| flag.value.as_ref()) {
                    add(ImageUser::Copy, value);
                }
            } else if let Some(run) = views::Run::of(step.instruction) {
                for from in run.mounts.iter().filter_map(|mount| mount.from.as_ref()) {
                    add(ImageUser::Mount, from);
                }
            }
        }
        uses
    }

    /// COPY --from and mounts take an earlier stage by name or number, else an image; variables are not expanded there.
    fn resolve_copy_source(&self, name: &str, stage: Option<usize>) -> Base {
        if name.contains('$') {
            return Base::Unknown;
        }
        let earlier = stage.unwrap_or_default();
        if let Some(stage) = self.stage_names.last_before(name, earlier) {
            return Base::Stage(stage);
        }
        match name.parse::<usize>() {
            Ok(number) if number < earlier => Base::Stage(number),
            Ok(_) => Base::Unknown,
            Err(_) if name.eq_ignore_ascii_case("scratch") => Base::Scratch,
            Err(_) => Base::Image(ImageReference::parse(name)),
        }
    }
}
