//! Where the reports of a run go: standard output, the files of `--output`, and the summary of a GitHub job.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::{CommandError, note};
use crate::cli::LintArgs;
use crate::report::{Format, Reporter, Statistics, Summary, Terminal};
use crate::write::NewFile;

/// Where GitHub wants the summary of a job.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// GitHub refuses a summary of more than this, less what its last line needs.
const MOST_OF_SUMMARY: usize = (1 << 20) - 256;

/// What reports are asked for; the first is that for standard output, where there is one.
pub(super) struct Outputs<'o> {
    sinks: Vec<Sink<'o>>,
}

struct Sink<'o> {
    format: Format,
    target: Target<'o>,
    /// Whether a file with something to say came before.
    has_files: bool,
}

enum Target<'o> {
    Stream(&'o mut dyn Write),
    File(BufWriter<NewFile>),
    Summary { file: BufWriter<File>, room: usize },
}

impl<'o> Outputs<'o> {
    /// Opens all of them: what cannot be written is known before anything is linted.
    pub(super) fn open(args: &LintArgs, format: Format, out: &'o mut dyn Write) -> Result<Self, CommandError> {
        let mut sinks = Vec::new();
        let mut add = |format, target| sinks.push(Sink { format, target, has_files: false });
        if args.output.iter().all(|output| output.format.is_some()) {
            add(format, Target::Stream(out));
        }
        for output in &args.output {
            let file = NewFile::create(&output.path)?;
            add(output.format.map_or(format, Into::into), Target::File(BufWriter::new(file)));
        }
        if sinks.iter().any(|sink| sink.format == Format::Github) {
            sinks.extend(job_summary(args));
        }
        Ok(Self { sinks })
    }

    /// One reporter for each; `prototype` gives what they have in common.
    pub(super) fn reporters<'r>(&self, prototype: &Reporter<'r>) -> Vec<Reporter<'r>> {
        let one = |sink: &Sink<'_>| Reporter {
            format: sink.format,
            terminal: match sink.target {
                Target::Stream(_) => prototype.terminal,
                Target::File(_) | Target::Summary { .. } => {
                    Terminal { unicode: prototype.terminal.unicode, ..Terminal::PLAIN }
                }
            },
            rules: prototype.rules.clone(),
            ..*prototype
        };
        self.sinks.iter().map(one).collect()
    }

    pub(super) fn begin(&mut self, reporters: &[Reporter<'_>]) -> io::Result<()> {
        self.each(reporters, |reporter, sink| reporter.begin(sink.target.writer()))
    }

    /// Writes a file as each of the reporters has rendered it.
    pub(super) fn write(&mut self, reporters: &[Reporter<'_>], rendered: &[Vec<u8>]) -> io::Result<()> {
        for ((sink, reporter), rendered) in self.sinks.iter_mut().zip(reporters).zip(rendered) {
            if rendered.is_empty() || !sink.target.has_room(rendered.len()) {
                continue;
            }
            reporter.write(rendered, !sink.has_files, sink.target.writer())?;
            sink.has_files = true;
        }
        Ok(())
    }

    pub(super) fn end(
        &mut self,
        reporters: &[Reporter<'_>],
        summary: &Summary,
        statistics: &Statistics,
    ) -> io::Result<()> {
        self.each(reporters, |reporter, sink| reporter.end(summary, statistics, sink.target.writer()))
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.sinks.iter_mut().try_for_each(|sink| sink.target.writer().flush())
    }

    /// Puts the files in their places.
    pub(super) fn finish(mut self) -> Result<(), CommandError> {
        self.flush()?;
        for sink in self.sinks {
            if let Target::File(file) = sink.target {
                file.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?;
            }
        }
        Ok(())
    }

    fn each(
        &mut self,
        reporters: &[Reporter<'_>],
        what: impl Fn(&Reporter<'_>, &mut Sink<'o>) -> io::Result<()>,
    ) -> io::Result<()> {
        self.sinks.iter_mut().zip(reporters).try_for_each(|(sink, reporter)| what(reporter, sink))
    }
}

impl Target<'_> {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Stream(out) => out,
            Self::File(file) => file,
            Self::Summary { file, .. } => file,
        }
    }

    /// Takes the room for so many bytes, where there is so much.
    fn has_room(&mut self, bytes: usize) -> bool {
        match self {
            Self::Stream(_) | Self::File(_) => true,
            Self::Summary { room, .. } => {
                let rest = room.checked_sub(bytes);
                *room = rest.unwrap_or_default();
                rest.is_some()
            }
        }
    }
}

/// The summary of the job, added to what other steps have written. Without it a run is none the worse.
fn job_summary<'o>(args: &LintArgs) -> Option<Sink<'o>> {
    let path = std::env::var_os(SUMMARY).filter(|path| !path.is_empty())?;
    match File::options().append(true).create(true).open(&path) {
        Ok(file) => {
            let written = file.metadata().map_or(0, |metadata| usize::try_from(metadata.len()).unwrap_or(usize::MAX));
            let room = MOST_OF_SUMMARY.saturating_sub(written);
            let target = Target::Summary { file: BufWriter::new(file), room };
            Some(Sink { format: Format::GithubSummary, target, has_files: false })
        }
        Err(error) => {
            note(&format!("{SUMMARY} cannot be written: {}", crate::source::reason(&error)), args.color.choice());
            None
        }
    }
}
