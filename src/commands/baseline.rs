//! The baselines of a run: that of `--baseline`, or those that the configurations name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{CommandError, note};
use crate::baseline::{self, Baseline, BaselineError, Counts};
use crate::cli::LintArgs;
use crate::config::Config;
use crate::report::count;

/// What a baseline has to do with a file.
pub(super) struct Known {
    pub(super) baseline: Arc<Baseline>,
    /// The file's name in it.
    pub(super) name: String,
    /// Where it is written, what is known of the file from now on.
    pub(super) counts: Counts,
    /// How much of it is gone.
    pub(super) gone: usize,
}

/// Each is read once.
pub(super) struct Baselines<'a> {
    args: &'a LintArgs,
    /// By place.
    read: BTreeMap<PathBuf, Held>,
}

struct Held {
    baseline: Arc<Baseline>,
    files: Vec<(String, Counts)>,
    gone: usize,
}

impl<'a> Baselines<'a> {
    pub(super) fn new(args: &'a LintArgs) -> Self {
        Self { args, read: BTreeMap::new() }
    }

    /// The baseline for the files of a configuration.
    pub(super) fn of(&mut self, config: &Config) -> Result<Option<Arc<Baseline>>, CommandError> {
        let args = self.args;
        if args.no_baseline || args.diff {
            return Ok(None);
        }
        let default = || args.write_baseline.then(|| PathBuf::from(baseline::NAME));
        let Some(path) = args.baseline.clone().or_else(|| config.baseline()).or_else(default) else { return Ok(None) };
        // Two configurations may name one file.
        let empty = Baseline::empty(&path);
        if let Some(held) = self.read.get(&empty.place()) {
            return Ok(Some(Arc::clone(&held.baseline)));
        }
        let baseline = match Baseline::read(&path) {
            Err(BaselineError::Unreadable { source, .. })
                if args.write_baseline && source.kind() == std::io::ErrorKind::NotFound =>
            {
                empty
            }
            read => read?,
        };
        let baseline = Arc::new(baseline);
        self.read.insert(baseline.place(), Held { baseline: Arc::clone(&baseline), files: Vec::new(), gone: 0 });
        Ok(Some(baseline))
    }

    /// Notes what a file has to do with its baseline.
    pub(super) fn add(&mut self, known: Known) {
        let Some(held) = self.read.get_mut(&known.baseline.place()) else { return };
        held.gone += known.gone;
        if self.args.write_baseline {
            held.files.push((known.name, known.counts));
        }
    }

    /// Writes what is to be written, and says what is gone.
    pub(super) fn end(self) -> Result<(), CommandError> {
        let Self { args, read } = self;
        let say = |text: &str| {
            if !args.quiet {
                note(text, args.color.choice());
            }
        };
        for Held { baseline, files, gone } in read.into_values() {
            let path = baseline.path().to_path_buf();
            let shown = path.display();
            if args.write_baseline {
                let mut baseline = Arc::unwrap_or_clone(baseline);
                baseline.renew(files);
                baseline.write()?;
                let hides = if path == Path::new(baseline::NAME) && args.baseline.is_none() {
                    format!("; `--baseline {shown}`, or `baseline: {shown}` in oi-lint.yaml, hides them")
                } else {
                    String::new()
                };
                say(&format!("{} written to {shown}{hides}", count(baseline.len(), "finding")));
            } else if gone > 0 {
                let named =
                    args.baseline.as_ref().map_or_else(String::new, |path| format!("--baseline {} ", path.display()));
                let (findings, are) = (count(gone, "finding"), if gone == 1 { "is" } else { "are" });
                say(&format!("{findings} of {shown} {are} gone; `oi-lint {named}--write-baseline` drops them"));
            }
        }
        Ok(())
    }
}
