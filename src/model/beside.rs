//! What the Dockerfile beside an entrypoint script says of it: what starts it, on which image, and whether it may be run.

use crate::dockerfile::expand::Folded;
use crate::dockerfile::{self, views};
use crate::shell::ast::Simple;
use crate::shell::{invocations, read};
use crate::source::Source;

use super::base::{self, Family};
use super::context_files::fits_pattern;
use super::files::{Action, FilePath, Origin};
use super::start::{file_name, started};
use super::text::PartialText;
use super::{Bodies, BuildContext, Model};

fn with_dockerfile<T>(context: &BuildContext, ask: impl FnOnce(&Model<'_>) -> T) -> Option<T> {
    let source = Source::new(context.read("Dockerfile")?).ok()?;
    let file = dockerfile::parse(&source);
    let bodies = Bodies::of(&file);
    Some(ask(&Model::new(&source, &file, &bodies)))
}

/// What the Dockerfile beside a script makes of its mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopiedMode {
    /// It is that of the file.
    Kept,
    /// The script is made executable, or may be, or a shell is given it.
    Given,
    /// The script, which is started by its name, gets this mode, which does not let it be run.
    Taken(String),
}

/// What the Dockerfile beside a script makes of its mode; none where nothing in it is known to copy the script.
pub fn copied_mode(context: &BuildContext, name: &str) -> Option<CopiedMode> {
    with_dockerfile(context, |model| mode_of_copy(model, name)).flatten()
}

fn mode_of_copy(model: &Model<'_>, name: &str) -> Option<CopiedMode> {
    let mut paths: Vec<FilePath> = Vec::new();
    let mut mode = None;
    for event in model.files() {
        match &event.action {
            Action::Made { path, origin: Origin::Context } => {
                let written = model.source.slice(event.span).trim_matches(['"', '\'']).trim_end_matches('/');
                let last = written.rsplit('/').next().unwrap_or_default();
                let is_named = last == name || fits_pattern(last, name);
                if is_named {
                    paths.push(path.clone());
                    mode = Some(CopiedMode::Kept);
                }
                // A folder may hold it.
                if is_named || !last.contains('.') || matches!(last, "." | "..") {
                    paths.push(path.join(&PartialText::known(name)));
                    mode = flag_mode(model, event.step).or(mode);
                }
            }
            Action::Moved { from, to, .. } if paths.iter().any(|path| path.may_be(from)) => {
                paths.extend([to.clone(), to.join(&PartialText::known(name))]);
                let line = event.command.and_then(|index| model.commands().get(index)?.line.as_ref());
                let by_install = line.filter(|line| line.is("install")).map(|line| match line.value_of("-m") {
                    Some(value) => change(value.text.as_deref()).unwrap_or(CopiedMode::Given),
                    None => CopiedMode::Given,
                });
                mode = by_install.or_else(|| flag_mode(model, event.step)).or(mode);
            }
            Action::ModeSet { path, mode: set, recursive } => {
                let reaches = |own: &FilePath| own.may_be(path) || *recursive && own.may_lie_in(path);
                let is_certain = !event.is_conditional() && paths.iter().any(|own| own == path);
                match change(set.as_deref()) {
                    Some(CopiedMode::Taken(_)) if !is_certain => {}
                    Some(changed) if paths.iter().any(reaches) => mode = Some(changed),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let lists = model.start_lists();
    let started: Vec<_> = lists.iter().flat_map(invocations).filter_map(|it| read(it.simple)).collect();
    let is_it = |text: &str| paths.iter().any(|path| path.name().known_str() == Some(text));
    match mode? {
        _ if started.iter().any(|line| line.is_any(&["sh", ".", "source"])) => Some(CopiedMode::Given),
        CopiedMode::Taken(_) if !started.iter().any(|line| is_it(&line.name)) => Some(CopiedMode::Given),
        mode => Some(mode),
    }
}

/// What `--chmod` of a COPY or ADD makes of the mode.
fn flag_mode(model: &Model<'_>, step: usize) -> Option<CopiedMode> {
    let step = model.step(step)?;
    let value = step.instruction.flag("chmod")?.value.as_ref()?;
    match model.fold(step, &value.text) {
        Folded::Known(mode) => change(Some(&mode)),
        Folded::Unknown => Some(CopiedMode::Given),
    }
}

/// What a change of mode makes of a script; none where it leaves alone whether that can be run.
fn change(mode: Option<&str>) -> Option<CopiedMode> {
    let Some(mode) = mode else { return Some(CopiedMode::Given) };
    let runs = match u32::from_str_radix(mode, 8) {
        Ok(bits) => Some(bits & 0o111 != 0),
        Err(_) => mode.split(',').filter_map(clause_runs).max(),
    };
    runs.map(|runs| if runs { CopiedMode::Given } else { CopiedMode::Taken(mode.to_owned()) })
}

/// Whether a clause of a symbolic mode lets a file be run, or keeps everybody from it: `a+x`, `a-x`.
fn clause_runs(clause: &str) -> Option<bool> {
    let at = clause.find(['+', '=', '-'])?;
    let (who, what) = clause.split_at(at);
    let is_all = who.is_empty() || who.contains('a');
    match (what.starts_with('-'), what.contains('x')) {
        (false, true) => Some(true),
        (true, true) if is_all => Some(false),
        (false, false) if is_all && what.starts_with('=') && !what.contains(['X', 'u', 'g', 'o']) => Some(false),
        _ => None,
    }
}

/// Whether the Dockerfile beside a script gives it a command and its arguments as one string, `CMD ["app --verbose"]`.
pub fn has_joined_command(context: &BuildContext) -> bool {
    let Some(source) = context.read("Dockerfile").and_then(|text| Source::new(text).ok()) else { return false };
    let file = dockerfile::parse(&source);
    let mut commands =
        file.instructions.iter().filter(|instruction| instruction.keyword == dockerfile::ast::Keyword::Cmd);
    commands.any(|instruction| match views::CommandForm::of(instruction) {
        Some(views::CommandForm::Exec(words)) => words.first().is_some_and(|word| word.text.trim().contains(' ')),
        _ => false,
    })
}

/// Whether the Dockerfile beside a script starts an init that signals all processes of the container.
pub fn signals_all(context: &BuildContext) -> bool {
    let signals = |model: &Model<'_>| {
        let start = model.start();
        let mut lists = [start.entrypoint, start.command].into_iter().flatten().filter_map(started);
        lists.any(|list| invocations(&list).iter().any(|it| signals_group(it.simple)))
    };
    with_dockerfile(context, signals) == Some(true)
}

/// Whether a command starts an init that signals all processes: dumb-init does, others are told by `-g`.
fn signals_group(simple: &Simple) -> bool {
    let has = |fits: &dyn Fn(&str) -> bool| simple.words.iter().any(|word| word.literal().is_some_and(|it| fits(&it)));
    has(&|text| file_name(text) == "dumb-init")
        || has(&|text| matches!(file_name(text), "tini" | "tini-static" | "catatonit" | "docker-init"))
            && has(&|text| text.starts_with('-') && !text.starts_with("--") && text.contains('g'))
}

/// The family of the image that the Dockerfile beside a script is built on.
pub fn family_beside(context: &BuildContext) -> Option<Family> {
    with_dockerfile(context, |model| base::family(model.root_image(model.stages.last()?)?)).flatten()
}
