//! What COPY brings, as far as names tell: a file, a directory, a script that wants its executable bit.

use crate::model::Model;

use super::{Action, FileEvent, LateChange, Origin, Reach};

impl Model<'_> {
    /// Whether what came from the build context is surely a single file, by the names of source and destination.
    pub fn is_file(&self, made: &FileEvent) -> bool {
        let path = match &made.action {
            Action::Made { path, origin: Origin::Context | Origin::Image } => path,
            Action::Made { origin, .. } => return *origin == Origin::Command,
            _ => return true,
        };
        let source = self.source.slice(made.span).trim_matches(['"', '\'']);
        let name = source.rsplit('/').next().unwrap_or_default();
        !is_content(source)
            && (has_ending(name)
                || has_ending(path.name().as_str())
                || source.starts_with("<<")
                || path.parent().as_str().ends_with("/bin"))
    }

    /// Whether a change makes a file executable that came from the build context, and nothing else.
    pub fn makes_copy_executable(&self, late: &LateChange) -> bool {
        let events = self.files();
        let (Some(change), Some(made)) = (events.get(late.change), events.get(late.made)) else { return false };
        let Action::ModeSet { path, mode: Some(bits), recursive } = &change.action else { return false };
        let Action::Made { origin: Origin::Context, .. } = &made.action else { return false };
        if !adds_executable(bits) || self.source.slice(made.span).starts_with("<<") {
            return false;
        }
        let speaks = !bits.starts_with(|c: char| c.is_ascii_digit());
        match late.reach {
            Reach::Same if *recursive => self.is_file(made),
            Reach::Same => speaks || self.is_file(made),
            Reach::Around => {
                !recursive
                    && (is_script(path.name().as_str())
                        || (speaks || has_ending(path.name().as_str())) && !late.is_disturbed)
            }
            Reach::Inside => false,
        }
    }
}

/// Whether a source of COPY is the content of a directory, or several files.
fn is_content(source: &str) -> bool {
    matches!(source, "" | "." | "./" | "/") || source.ends_with('/') || source.ends_with("/.") || source.contains('*')
}

fn has_ending(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty()
            && !ending.is_empty()
            && ending.chars().all(|c| c.is_ascii_alphanumeric())
            && !ending.starts_with(|c: char| c.is_ascii_digit())
            && ending != "d"
    }) || is_script(name)
}

/// Whether it is a script by its name, which nobody builds.
pub(super) fn is_script(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "sh" | "bash" | "py" | "pl" | "rb")
        || matches!(name, "gradlew" | "mvnw" | "artisan" | "configure" | "entrypoint" | "docker-entrypoint")
}

fn adds_executable(mode: &str) -> bool {
    if mode.bytes().all(|digit| (b'0'..=b'7').contains(&digit)) {
        return u32::from_str_radix(mode, 8).is_ok_and(|bits| bits & 0o111 != 0);
    }
    mode.split(',').any(|clause| clause.split_once(['+', '=']).is_some_and(|(_, what)| what.contains('x')))
}
