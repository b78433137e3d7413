//! What COPY and ADD bring from the build context, and how a RUN that uses it can be told.

use crate::source::Span;

use super::workdir::WorkingDirectory;
use super::{Model, Step, context};

/// Where files steer what a later install does, or may.
const STEERING: [&str; 14] = [
    "/etc/apt",
    "/etc/apk",
    "/etc/yum",
    "/etc/dnf",
    "/etc/zypp",
    "/etc/pacman",
    "/etc/pki",
    "/etc/ssl",
    "/etc/dpkg",
    "/etc/ld.so",
    "/usr/share/keyrings",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/etc/profile",
];
/// The names, or their endings, of files that do.
const STEERING_FILES: [&str; 24] = [
    ".list",
    ".sources",
    ".repo",
    ".gpg",
    ".asc",
    ".key",
    ".crt",
    ".pem",
    ".pub",
    ".deb",
    ".rpm",
    ".apk",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".gemrc",
    ".curlrc",
    ".wgetrc",
    ".netrc",
    ".condarc",
    "pip.conf",
    "apt.conf",
    "settings.xml",
    "onfig",
];
/// Directories so common that their names say nothing of a file in them, and where no build looks for its files.
const COMMON: [&str; 12] = [
    "",
    "/usr/local/bin",
    "/usr/bin",
    "/usr/local/sbin",
    "/usr/sbin",
    "/bin",
    "/sbin",
    "/etc",
    "/opt",
    "/root",
    "/docker-entrypoint.d",
    "/docker-entrypoint-initdb.d",
];

/// Files of the build context in an image.
#[derive(Debug, Clone)]
pub struct Copied {
    /// The index of its step.
    pub step: usize,
    /// Where the first source stands.
    pub source: Span,
    /// COPY or ADD.
    pub keyword: &'static str,
    /// Whether it is the whole context; then there are no names.
    pub whole: bool,
    /// What a RUN that uses it has to mention one of.
    pub names: Vec<String>,
    /// Whether it lies where programs look without being told.
    pub in_place: bool,
}

/// What a COPY or ADD takes from the context, where all of it is known and none of it steers an install.
pub fn copied(model: &Model<'_>, step: &Step<'_>) -> Option<Copied> {
    let transfer = context::transfer(step).filter(|_| !model.starts_from_nothing(step))?;
    let first = *transfer.sources.first()?;
    let sources = transfer.sources.iter().map(|word| model.path(step, &word.text));
    let sources: Vec<String> = sources.collect::<Option<_>>()?;
    let destination = model.path(step, &transfer.destination?.text)?;
    let target = model.absolute(step, &destination);
    let whole = sources.iter().any(|source| context::is_whole(source));
    let steers = |source: &String| {
        let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        context::is_remote(source) || STEERING_FILES.iter().any(|end| name.ends_with(end))
    };
    let is_root = target.as_deref() == Some("") && !whole;
    let to_tree = is_root && sources.iter().any(|source| !has_ending(source));
    if sources.iter().any(steers)
        || to_tree
        || target.as_deref().is_some_and(|path| STEERING.iter().any(|it| path.starts_with(it)))
    {
        return None;
    }
    let keyword = step.keyword().as_str();
    let in_place = match (&target, model.working_directory(step)) {
        (Some(path), WorkingDirectory::Known(directory)) => path.starts_with(&directory) && !directory.is_empty(),
        // The working directory of the base image; programs are not in it.
        (Some(path), _) => !COMMON.iter().any(|common| path == common || parent(path) == *common),
        (None, _) => true,
    };
    let names = if whole { Vec::new() } else { names(&sources, target.as_deref()) };
    Some(Copied { step: step.index, source: first.span, keyword, whole, names, in_place: in_place && !whole })
}

fn has_ending(source: &str) -> bool {
    let name = source.rsplit('/').next().unwrap_or_default();
    name.trim_start_matches('.').contains('.') || name.contains("entrypoint")
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// What a RUN says that uses the files: their names, where they are, or the folder that they are in.
fn names(sources: &[String], target: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for source in sources {
        let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        // The longest part of a pattern without a wildcard.
        let part = name.split(['*', '?', '[', ']']).max_by_key(|part| part.len()).unwrap_or_default();
        names.push(part.to_owned());
    }
    for path in target.into_iter().flat_map(|path| [path, parent(path)]) {
        if !COMMON.contains(&path) {
            names.push(path.to_owned());
        }
    }
    names.retain(|name| name.len() > 1);
    names
}
