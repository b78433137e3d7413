//! `oi-lint.yaml`: found upward from each linted file, read with what it extends, and made into the settings of a path.
//!
//! The files of a configuration are layers, what is extended first; the overrides of a file for some paths are layers above
//! its own keys. Lists and maps add up; of a single value, `select` or a severity the uppermost layer's counts.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Deserialize;

use crate::diagnostic::Severity;
use crate::engine::{Layer, Settings};
use crate::report::Format;
use crate::rulebook::load::{self, RulebookError};
use crate::rulebook::{Options, Profile, Rulebook};
use crate::source::{self, Source};
use crate::yaml::{self, BadFile};

pub mod hadolint;
mod keys;
mod show;

use keys::{Keys, Level, PathKeys, Texts};

/// The names of a configuration file; in a folder with several the first counts.
pub const NAMES: [&str; 4] = ["oi-lint.yaml", "oi-lint.yml", ".oi-lint.yaml", ".oi-lint.yml"];
/// What `oi-lint init` writes.
pub const TEMPLATE: &str = include_str!("template.yaml");
/// The JSON Schema of the file.
pub const SCHEMA: &str = include_str!("../../docs/oi-lint.schema.json");
/// What to do where the YAML itself is wrong.
const HELP: &str = "`oi-lint schema` prints what can stand in a configuration";

/// The least severity that makes a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors only
    Error,
    /// Warnings and errors
    #[default]
    Warning,
    /// Any finding
    Info,
    /// No finding
    Never,
}

impl FailOn {
    /// The least severity; none means never.
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self.severity() {
            Some(severity) => severity.as_str(),
            None => "never",
        }
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file cannot be written.
    #[error("{}: {reason}", path.display())]
    Unwritable {
        /// Which one.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file says what cannot be.
    #[error("{0}")]
    Bad(Box<BadFile>),
    /// A user rule is bad.
    #[error(transparent)]
    Rulebook(#[from] RulebookError),
}

impl ConfigError {
    /// What to do next.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } => Some("check the path, and that you may read it".to_owned()),
            Self::Unwritable { .. } => Some("may you write into this folder?".to_owned()),
            Self::Bad(bad) => bad.help.clone(),
            Self::Rulebook(error) => error.help(),
        }
    }
}

/// Which configuration files count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The nearest upward from each linted file.
    Nearest,
    /// This one for all.
    File(PathBuf),
    /// None.
    None,
}

/// What the command line says beside the files; it wins.
#[derive(Debug, Clone, Default)]
pub struct CommandLine {
    /// `--profile`.
    pub profile: Option<Profile>,
    /// `--select`; what it names is on even if a file has it off.
    pub select: Vec<String>,
    /// `--ignore`, besides what the files ignore.
    pub ignore: Vec<String>,
}

/// The configurations of a run, each read once.
#[derive(Debug)]
pub struct Configs {
    choice: Choice,
    /// Folders of rules from the command line.
    rules: Vec<PathBuf>,
    current: PathBuf,
    nearest: HashMap<PathBuf, Option<PathBuf>>,
    loaded: HashMap<Option<PathBuf>, Rc<Config>>,
}

impl Configs {
    /// Reads nothing yet.
    pub fn new(choice: Choice, rules: &[PathBuf]) -> Self {
        let current = fs::canonicalize(".").unwrap_or_else(|_| PathBuf::from("."));
        Self { choice, rules: rules.to_vec(), current, nearest: HashMap::new(), loaded: HashMap::new() }
    }

    /// The configuration for a file, which need not exist, and the file's place in the terms of its globs.
    pub fn of(&mut self, path: &Path) -> Result<(Rc<Config>, PathBuf), ConfigError> {
        let place = place(path, &self.current);
        let file = match &self.choice {
            Choice::None => None,
            Choice::File(file) => Some(file.clone()),
            Choice::Nearest => place.parent().and_then(|folder| self.nearest(folder)),
        };
        if let Some(config) = self.loaded.get(&file) {
            return Ok((Rc::clone(config), place));
        }
        let config = Rc::new(self.load(file.as_deref())?);
        self.loaded.insert(file, Rc::clone(&config));
        Ok((config, place))
    }

    fn nearest(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(known) = self.nearest.get(folder) {
            return known.clone();
        }
        // A link that leads nowhere is an error when it is read, not a file that is not there.
        let is_candidate = |path: &PathBuf| fs::symlink_metadata(path).is_ok() && !path.is_dir();
        let here = NAMES.iter().map(|name| folder.join(name)).find(is_candidate);
        let found = here.or_else(|| self.nearest(folder.parent()?));
        self.nearest.insert(folder.to_path_buf(), found.clone());
        found
    }

    fn load(&self, file: Option<&Path>) -> Result<Config, ConfigError> {
        let mut files = Vec::new();
        if let Some(path) = file {
            let unreadable = |reason| ConfigError::Unreadable { path: self.shown(path), reason };
            let source = read(path, self.choice != Choice::Nearest).map_err(unreadable)?;
            self.chain(path, source, &mut Vec::new(), &mut files)?;
        }
        let mut config = Config { files, book: Rulebook::builtin(), current: self.current.clone() };
        config.add_rules(&self.rules)?;
        config.check_names()?;
        Ok(config)
    }

    /// Adds a file behind those that it extends, each once. `open` are those that extend it.
    fn chain(
        &self,
        path: &Path,
        source: Source,
        open: &mut Vec<PathBuf>,
        files: &mut Vec<File>,
    ) -> Result<(), ConfigError> {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let file = File::new(self.shown(path), real.clone(), source)?;
        open.push(real);
        for written in &file.keys.extends.0 {
            let target = file.folder.join(written);
            let target = fs::canonicalize(&target).unwrap_or(target);
            if open.contains(&target) {
                let (message, help) = (format!("`{written}` extends this file in turn"), "leave one of them out");
                return Err(file.bad("extends", written, message, help));
            }
            if files.iter().any(|known| known.real == target) {
                continue;
            }
            let unreadable = |reason| {
                let help = "files are looked for from the folder of the one that extends them";
                file.bad("extends", written, format!("`{written}` cannot be read: {reason}"), help)
            };
            let source = read(&target, false).map_err(unreadable)?;
            self.chain(&target, source, open, files)?;
        }
        open.pop();
        files.push(file);
        Ok(())
    }

    fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.current).unwrap_or(path).to_path_buf()
    }
}

/// Where a path lies: its folder without links and dots.
fn place(path: &Path, current: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| current.join(folder));
    folder.join(path.file_name().unwrap_or_default())
}

/// Reads a file, or says why not. A pipe is read where the shell hands it over.
pub fn read(path: &Path, is_handed_over: bool) -> Result<Source, String> {
    let metadata = fs::metadata(path).map_err(|error| source::reason(&error))?;
    if metadata.is_dir() {
        return Err("this is a folder, not a file".to_owned());
    }
    // What the shell hands over is for who names it, on the command line.
    if !metadata.is_file() && !is_handed_over {
        return Err("this is no regular file".to_owned());
    }
    let bytes = source::read(path).map_err(|error| source::reason(&error))?;
    Source::new(bytes).map_err(|error| error.to_string())
}

/// One file of a configuration.
#[derive(Debug)]
struct File {
    /// As it is shown.
    path: PathBuf,
    /// Without links.
    real: PathBuf,
    folder: PathBuf,
    source: Source,
    keys: Keys,
    exclude: Gitignore,
    /// By override.
    paths: Vec<Gitignore>,
}

impl File {
    fn new(path: PathBuf, real: PathBuf, source: Source) -> Result<Self, ConfigError> {
        // A file of comments alone holds nothing, not even a map.
        let keys: Option<Keys> = yaml::parse(&path, &source, HELP).map_err(ConfigError::Bad)?;
        let folder = real.parent().unwrap_or(Path::new("/")).to_path_buf();
        let (keys, exclude, paths) = (keys.unwrap_or_default(), Gitignore::empty(), Vec::new());
        let mut file = Self { path, real, folder, source, keys, exclude, paths };
        file.exclude = file.globs("exclude", &file.keys.exclude)?;
        let overrides = file.keys.per_path.iter().flatten();
        file.paths = overrides.map(|keys| file.globs("paths", &keys.paths)).collect::<Result<_, _>>()?;
        Ok(file)
    }

    fn globs(&self, key: &str, globs: &Texts) -> Result<Gitignore, ConfigError> {
        let help = "globs are those of .gitignore: `vendor/`, `/legacy/**`, `*.dev.Dockerfile`";
        let mut builder = GitignoreBuilder::new("");
        let bad = |glob: &str| self.bad(key, glob, format!("`{glob}` is no glob"), help);
        for glob in &globs.0 {
            builder.add_line(None, glob).map_err(|_| bad(glob))?;
        }
        builder.build().map_err(|_| bad(globs.0.first().map_or("", String::as_str)))
    }

    fn bad(&self, key: &str, value: &str, message: String, help: &str) -> ConfigError {
        ConfigError::Bad(Box::new(BadFile {
            path: self.path.clone(),
            source: self.source.clone(),
            span: yaml::find(&self.source, key, value),
            message,
            help: Some(help.to_owned()),
        }))
    }

    /// Its own keys and its overrides, as layers; the globs of those that are for some paths only.
    fn layers(&self) -> impl Iterator<Item = (LayerOf<'_>, Option<&Gitignore>)> {
        let Keys { profile, select, ignore, severity, .. } = &self.keys;
        let own = LayerOf { file: self, paths: &[], profile: *profile, select: select.as_ref(), ignore, severity };
        let overrides = self.keys.per_path.iter().flatten().zip(&self.paths).map(|(keys, globs)| {
            let PathKeys { paths, profile, select, ignore, severity } = keys;
            let paths = &paths.0;
            let layer = LayerOf { file: self, paths, profile: *profile, select: select.as_ref(), ignore, severity };
            (layer, Some(globs))
        });
        std::iter::once((own, None)).chain(overrides)
    }
}

/// The keys that a file says for all paths, or for some.
#[derive(Debug, Clone, Copy)]
struct LayerOf<'c> {
    file: &'c File,
    /// None where it is for all.
    paths: &'c [String],
    profile: Option<Profile>,
    select: Option<&'c Texts>,
    ignore: &'c Texts,
    severity: &'c Option<BTreeMap<String, Level>>,
}

impl<'c> LayerOf<'c> {
    /// What is ignored stands last, where it counts before a severity for the same name.
    fn severities(&self) -> Layer {
        let levels = self.severity.iter().flatten().map(|(name, level)| (name.clone(), level.severity()));
        levels.chain(self.ignore.0.iter().map(|name| (name.clone(), None))).collect()
    }

    /// Every name of a rule in it, with its key.
    fn names(self) -> impl Iterator<Item = (&'static str, &'c str)> {
        let select = self.select.into_iter().flat_map(|names| &names.0).map(|name| ("select", name.as_str()));
        let ignore = self.ignore.0.iter().map(|name| ("ignore", name.as_str()));
        let severity = self.severity.iter().flatten().map(|(name, _)| ("severity", name.as_str()));
        select.chain(ignore).chain(severity)
    }
}

/// A file with those that it extends; without any where none was found.
#[derive(Debug)]
pub struct Config {
    /// What is extended comes first.
    files: Vec<File>,
    book: Rulebook,
    current: PathBuf,
}

impl Config {
    /// The built-in rules with those of the user's own.
    pub fn book(&self) -> &Rulebook {
        &self.book
    }

    /// The least severity that makes a run fail.
    pub fn fail_on(&self) -> Option<FailOn> {
        self.files.iter().rev().find_map(|file| file.keys.fail_on)
    }

    /// How findings are printed.
    pub fn format(&self) -> Option<Format> {
        self.files.iter().rev().find_map(|file| file.keys.format)
    }

    /// The file of known findings, as it is shown.
    pub fn baseline(&self) -> Option<PathBuf> {
        let named = |file: &File| Some(file.folder.join(file.keys.baseline.as_ref()?));
        let path = self.files.iter().rev().find_map(named)?;
        Some(path.strip_prefix(&self.current).unwrap_or(&path).to_path_buf())
    }

    /// Whether a file is left out where a folder is searched.
    pub fn excludes(&self, place: &Path) -> bool {
        self.files.iter().any(|file| self.is_meant(&file.exclude, file, place))
    }

    /// How a file is linted.
    pub fn settings(&self, place: &Path, command_line: &CommandLine) -> Settings {
        let layers = self.layers(place);
        let is_selected = !command_line.select.is_empty();
        let profile = command_line.profile.or_else(|| layers.iter().rev().find_map(|layer| layer.profile));
        let select = layers.iter().rev().find_map(|layer| layer.select).map(|names| names.0.clone());
        let mut severities: Vec<Layer> = layers.iter().map(LayerOf::severities).collect();
        if is_selected {
            for layer in &mut severities {
                layer.retain(|(_, severity)| severity.is_some());
            }
        }
        severities.retain(|layer| !layer.is_empty());
        Settings {
            profile: profile.unwrap_or_default(),
            select: if is_selected { command_line.select.clone() } else { select.unwrap_or_default() },
            ignore: command_line.ignore.clone(),
            severities,
            options: self.options(),
        }
    }

    fn options(&self) -> Options {
        let mut options = Options::default();
        for keys in self.files.iter().filter_map(|file| file.keys.options.as_ref()) {
            options.trusted_registries.extend(keys.trusted_registries.0.iter().cloned());
            options.label_schema.extend(keys.label_schema.iter().flatten().map(|(label, kind)| (label.clone(), *kind)));
            options.strict_labels = keys.strict_labels.unwrap_or(options.strict_labels);
        }
        options
    }

    /// The layers that are for a file, the uppermost last.
    fn layers(&self, place: &Path) -> Vec<LayerOf<'_>> {
        let all = self.files.iter().flat_map(File::layers);
        let applies = |layer: &LayerOf<'_>, globs: &Gitignore| self.is_meant(globs, layer.file, place);
        all.filter(|(layer, globs)| globs.is_none_or(|globs| applies(layer, globs))).map(|(layer, _)| layer).collect()
    }

    /// Whether the globs of a file mean a place: from the file's folder, or from the current one where it lies elsewhere.
    fn is_meant(&self, globs: &Gitignore, file: &File, place: &Path) -> bool {
        let below = place.strip_prefix(&file.folder).or_else(|_| place.strip_prefix(&self.current));
        let plain = || place.components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect();
        let path = below.map_or_else(|_| plain(), Path::to_path_buf);
        globs.matched_path_or_any_parents(&path, false).is_ignore()
    }

    fn add_rules(&mut self, more: &[PathBuf]) -> Result<(), ConfigError> {
        let mut known = Vec::new();
        let mut add = |folder: &Path, book: &mut Rulebook| {
            let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
            if !known.contains(&real) {
                for user in load::load(folder)? {
                    load::add(book, user)?;
                }
                known.push(real);
            }
            Ok(())
        };
        for file in &self.files {
            for written in &file.keys.rules.0 {
                let folder = file.folder.join(written);
                let shown = folder.strip_prefix(&self.current).unwrap_or(&folder);
                add(shown, &mut self.book).map_err(|error| match error {
                    RulebookError::Bad(_) => error.into(),
                    _ => {
                        let help = "folders of rules are looked for from the folder of the configuration";
                        file.bad("rules", written, error.to_string(), help)
                    }
                })?;
            }
        }
        for folder in more {
            add(folder, &mut self.book)?;
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), ConfigError> {
        let layers = || self.files.iter().flat_map(File::layers);
        let names = layers().flat_map(|(layer, _)| layer.names().map(move |(key, name)| (layer.file, key, name)));
        let Some((file, key, name)) = names.into_iter().find(|(.., name)| !self.book.knows(name)) else {
            return Ok(());
        };
        let category = || yaml::nearest(name, self.book.rules().map(|rule| &*rule.category));
        let help = match self.book.nearest(name).or_else(category) {
            Some(known) => format!("did you mean `{known}`? `oi-lint rules` lists them all"),
            None => "`oi-lint rules` lists names and categories".to_owned(),
        };
        Err(file.bad(key, name, format!("there is no rule `{name}`"), &help))
    }
}
