//! Paths on the command line to the files that are linted, in a stable order, each once.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, FileType, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::{DirEntry, WalkBuilder};

use crate::git_index::Repositories;
use crate::model::{Bodies, BuildContext, Mode, Model, Shebang, Surroundings};
use crate::rulebook::Subject;
use crate::source::{self, Source, SourceError};
use crate::{dockerfile, manifest};

/// Where what is linted comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

/// Why a path cannot be linted.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// There is no such path.
    #[error("{}: no such file or folder", path.display())]
    Missing {
        /// As written.
        path: PathBuf,
        /// What else there is.
        hint: String,
    },
    /// It is no regular file.
    #[error("{}: this is {kind}, not a file", path.display())]
    Special {
        /// As written.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// The system refuses.
    #[error("{}: {}", path.display(), source::reason(source))]
    Unreadable {
        /// As written or found.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Offsets are 32 bits wide.
    #[error("{}: the file is larger than 4 GiB", path.display())]
    TooLarge {
        /// As written or found.
        path: PathBuf,
    },
    /// A folder could not be searched.
    #[error("{message}")]
    Walk {
        /// What the search says, the path in it.
        message: String,
    },
}

impl InputError {
    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            Self::Missing { hint, .. } => hint.clone(),
            Self::Special { path, kind: "a named pipe" } => {
                format!("pass a regular file, or read the pipe as standard input: `oi-lint - < {}`", path.display())
            }
            Self::Special { .. } => "pass a regular file".to_owned(),
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "allow reading it, or leave it out".to_owned()
            }
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::InvalidInput => {
                "pass a regular file".to_owned()
            }
            Self::Unreadable { .. } => "check the path and the disk that it is on".to_owned(),
            Self::TooLarge { .. } => "is this a Dockerfile? leave it out of the paths".to_owned(),
            Self::Walk { .. } => {
                "allow reading the folder, or leave it out with a .gitignore or .ignore file".to_owned()
            }
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order of the arguments, in a folder in the order of the paths.
    pub inputs: Vec<Input>,
    /// Paths that failed.
    pub errors: Vec<InputError>,
    /// Those of the inputs that are entrypoint scripts because a Dockerfile starts them.
    pub scripts: HashSet<PathBuf>,
    /// Folders on the command line in which there is nothing to lint.
    pub empty: Vec<PathBuf>,
}

/// Finds the inputs that paths stand for.
pub fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == "-" {
            found.inputs.push(Input::Stdin);
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => search(path, &mut found),
            Ok(metadata) => match source::special(path, &metadata) {
                None => found.inputs.push(Input::File(path.clone())),
                Some(kind) => found.errors.push(InputError::Special { path: path.clone(), kind }),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                found.errors.push(InputError::Missing { path: path.clone(), hint: missing_hint(path) });
            }
            Err(source) => found.errors.push(InputError::Unreadable { path: path.clone(), source }),
        }
    }
    if found.inputs.len() > 1 {
        let mut seen = HashSet::new();
        found.inputs.retain(|input| {
            seen.insert(match input {
                Input::Stdin => PathBuf::from("-"),
                Input::File(path) => fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
            })
        });
    }
    found
}

/// Reads an input.
pub fn read(input: &Input) -> Result<Source, InputError> {
    let (path, bytes) = match input {
        Input::Stdin => {
            let mut bytes = Vec::new();
            let read = io::stdin().lock().take(source::LIMIT).read_to_end(&mut bytes);
            (Path::new("standard input"), read.map(|_| bytes))
        }
        Input::File(path) => (path.as_path(), source::read(path)),
    };
    let path = path.to_path_buf();
    match bytes.map(Source::new) {
        Ok(Ok(source)) => Ok(source),
        Ok(Err(SourceError::TooLarge)) => Err(InputError::TooLarge { path }),
        Err(source) if source.kind() == io::ErrorKind::FileTooLarge => Err(InputError::TooLarge { path }),
        Err(source) => Err(InputError::Unreadable { path, source }),
    }
}

/// What a path is taken for by its name: an entrypoint script, a manifest in a folder `library`, else a Dockerfile.
pub fn subject(path: &Path) -> Subject {
    let name = path.file_name().unwrap_or_default();
    if is_entrypoint_script(name) {
        Subject::EntrypointScript
    } else if is_manifest(path) {
        Subject::LibraryManifest
    } else {
        Subject::Dockerfile
    }
}

/// Whether a file of this name is an entrypoint script: `docker-entrypoint.sh`, `entrypoint.bash`.
pub fn is_entrypoint_script(name: &OsStr) -> bool {
    let Some(name) = name.to_str().map(str::to_ascii_lowercase) else { return false };
    let is_shell = name.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "sh" | "bash"));
    is_shell && ["entrypoint", "entry-point", "entry_point"].iter().any(|part| name.contains(part))
}

/// Whether a path is that of a manifest: its folder is `library`, and its name that of no other kind of file. What no image
/// can be called is for a rule to say.
pub fn is_manifest(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let small = name.to_ascii_lowercase();
    let is_other = small.starts_with(['.', '#'])
        || small.ends_with('~')
        || STEMS.iter().any(|stem| small.starts_with(&stem.to_ascii_lowercase()))
        || small.rsplit_once('.').is_some_and(|(_, ending)| OTHER.contains(&ending));
    folder == Some(OsStr::new("library")) && !name.is_empty() && !is_other && !is_dockerfile(OsStr::new(name))
}

/// What Dockerfiles are called, or begin with.
const STEMS: [&str; 2] = ["Dockerfile", "Containerfile"];

/// Endings of files that are of another kind: templates, backups, documents, sources.
const OTHER: [&str; 47] = [
    "template",
    "tmpl",
    "tpl",
    "j2",
    "jinja",
    "jinja2",
    "erb",
    "in",
    "mustache",
    "gotmpl",
    "ejs",
    "hbs",
    "m4",
    "bak",
    "orig",
    "rej",
    "old",
    "swp",
    "swo",
    "tmp",
    "save",
    "dockerignore",
    "containerignore",
    "gitignore",
    "md",
    "markdown",
    "txt",
    "rst",
    "adoc",
    "html",
    "json",
    "yaml",
    "yml",
    "toml",
    "xml",
    "csv",
    "py",
    "go",
    "sh",
    "bash",
    "rb",
    "js",
    "ts",
    "rs",
    "lock",
    "log",
    "patch",
];

/// Whether a file of this name is a Dockerfile, by the names that are in use.
pub fn is_dockerfile(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    if name.ends_with('~') || name.starts_with(['#', '.']) {
        return false;
    }
    for stem in STEMS {
        match name.strip_prefix(stem) {
            Some("") => return true,
            Some(rest) if rest.len() > 1 && rest.starts_with('.') => {
                let ending = rest.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
                return !OTHER.contains(&ending.as_str());
            }
            _ => {}
        }
    }
    name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && ending.eq_ignore_ascii_case("dockerfile"))
}

/// Adds the files below a folder that are linted. Links to folders are not followed, so that loops cannot be.
fn search(root: &Path, found: &mut Found) {
    let before = (found.inputs.len(), found.errors.len());
    let above = fs::canonicalize(root).unwrap_or_default();
    if let Some(message) = above.ancestors().find_map(unreadable_patterns) {
        found.errors.push(InputError::Walk { message });
        return;
    }
    let (sender, unreadable) = mpsc::channel();
    let is_searched = move |entry: &DirEntry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let message = if is_folder { unreadable_patterns(entry.path()) } else { None };
        // The receiver lives as long as the search.
        message.is_none_or(|message| sender.send(message).is_err()) && entry.file_name() != ".git"
    };
    let walk = WalkBuilder::new(root).hidden(false).filter_entry(is_searched).sort_by_file_name(Ord::cmp).build();
    let mut paths = Vec::new();
    // Scripts are entrypoints where a Dockerfile stands beside them.
    let mut folders = HashSet::new();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let (name, path) = (entry.file_name(), entry.path());
                let is_named = is_dockerfile(name) || is_entrypoint_script(name) || is_manifest(path);
                if entry.depth() > 0 && is_named && entry.file_type().is_some_and(|kind| is_file(kind, path)) {
                    if is_dockerfile(name) {
                        folders.extend(path.parent().map(Path::to_path_buf));
                    }
                    paths.push(entry.into_path());
                }
            }
            Err(error) => found.errors.push(InputError::Walk { message: walk_message(&error) }),
        }
    }
    found.errors.extend(unreadable.try_iter().map(|message| InputError::Walk { message }));
    paths.retain(|path| match subject(path) {
        Subject::Dockerfile => true,
        Subject::EntrypointScript => path.parent().is_some_and(|folder| folders.contains(folder)),
        Subject::LibraryManifest => begins_like_manifest(path),
    });
    let shown = |path: &Path| match path.strip_prefix(".") {
        Ok(short) if root == Path::new(".") => short.to_path_buf(),
        _ => path.to_path_buf(),
    };
    for path in &paths {
        found.inputs.push(Input::File(shown(path)));
        // A script that is called otherwise is an entrypoint where a Dockerfile starts it.
        let script = started_script(path).filter(|script| !paths.contains(script)).map(|script| shown(&script));
        if let Some(script) = script.filter(|script| !found.scripts.contains(script)) {
            found.inputs.push(Input::File(script.clone()));
            found.scripts.insert(script);
        }
    }
    if (found.inputs.len(), found.errors.len()) == before {
        found.empty.push(root.to_path_buf());
    }
}

/// What is wrong with the files that say what to ignore in a folder: to read a pipe or a device, which a link in a repository can
/// lead to, may never end.
fn unreadable_patterns(folder: &Path) -> Option<String> {
    [".ignore", ".gitignore", ".git/info/exclude"].into_iter().find_map(|name| {
        let path = folder.join(name);
        let kind = source::special(&path, &fs::metadata(&path).ok()?)?;
        Some(format!("{}: this is {kind}, not a file", path.strip_prefix(".").unwrap_or(&path).display()))
    })
}

/// The shell script that the ENTRYPOINT of a Dockerfile starts, where it lies below the Dockerfile's folder.
fn started_script(path: &Path) -> Option<PathBuf> {
    if !is_dockerfile(path.file_name()?) {
        return None;
    }
    let source = read(&Input::File(path.to_path_buf())).ok().filter(|source| source.no_text().is_none())?;
    if !source.text().to_ascii_uppercase().contains("ENTRYPOINT") {
        return None;
    }
    let file = dockerfile::parse(&source);
    let bodies = Bodies::of(&file);
    let model = Model::new(&source, &file, &bodies);
    let (_, script) = model.entrypoint_script()?;
    let context = BuildContext::Folder(path.parent()?.to_path_buf());
    let text = context.read(&script.name)?;
    Shebang::read(&String::from_utf8_lossy(&text)).filter(Shebang::is_shell)?;
    context.locate(&script.name)
}

/// Whether a file begins with a field of a manifest, which may be misspelled; other projects have folders of this name too.
fn begins_like_manifest(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = source::open(path).and_then(|file| file.take(64 << 10).read_to_end(&mut start));
    let text = String::from_utf8_lossy(&start);
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    read.is_ok() && first.is_some_and(is_field_of_manifest)
}

fn is_field_of_manifest(line: &str) -> bool {
    /// Words that begin many a text.
    const COMMON: [&str; 3] = ["Builder", "Directory", "File"];
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(line.len());
    let (name, behind) = line.split_at_checked(end).unwrap_or_default();
    let has_colon = behind.trim_start().starts_with(':');
    if manifest::nearest_field(name).is_some_and(|field| field == "Maintainers") {
        return has_colon || behind.starts_with(' ');
    }
    has_colon && manifest::is_field(name) && !COMMON.contains(&name)
}

/// What is known of a file besides its text. Of what is no script nobody asks the mode.
pub fn surroundings(input: &Input, name: Option<&str>, subject: Subject, repositories: &Repositories) -> Surroundings {
    let Input::File(path) = input else {
        let name = name.and_then(|name| Path::new(name).file_name());
        return Surroundings { name: name.map(|name| name.to_string_lossy().into_owned()), ..Surroundings::default() };
    };
    let folder = path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    Surroundings {
        name: path.file_name().map(|name| name.to_string_lossy().into_owned()),
        mode: Some(path).filter(|_| subject == Subject::EntrypointScript).and_then(|path| mode(path, repositories)),
        context: folder.map(|folder| BuildContext::Folder(folder.to_path_buf())),
        ..Surroundings::default()
    }
}

/// The permission bits in the repository, else on the disk where the system has them there.
fn mode(path: &Path, repositories: &Repositories) -> Option<Mode> {
    let in_index = repositories.mode(path).map(|bits| Mode { bits, is_in_index: true });
    in_index.or_else(|| Some(Mode { bits: mode_on_disk(&fs::metadata(path).ok()?)?, is_in_index: false }))
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have none")]
fn mode_on_disk(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(metadata.permissions().mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode_on_disk(_: &Metadata) -> Option<u32> {
    None
}

fn is_file(kind: FileType, path: &Path) -> bool {
    kind.is_file() || kind.is_symlink() && fs::metadata(path).is_ok_and(|target| target.is_file())
}

/// `a/b: permission denied`, as for files.
fn walk_message(error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => walk_message(err),
        ignore::Error::WithPath { path, err } => match err.io_error() {
            Some(io) => format!("{}: {}", path.display(), source::reason(io)),
            None => error.to_string(),
        },
        _ => error.to_string(),
    }
}

/// The nearest name in the same folder, or what to check.
fn missing_hint(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(1000);
    let nearest = entries
        .map(|entry| entry.file_name())
        .map(|known| (strsim::damerau_levenshtein(&name, &known.to_string_lossy().to_lowercase()), known))
        .filter(|(distance, known)| *distance <= (known.len() / 3).min(4))
        .min();
    match nearest {
        Some((_, known)) => format!("did you mean `{}`?", path.with_file_name(known).display()),
        None => "check the path; without one, the current folder is searched".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_manifests() {
        for line in
            ["Maintainers: A", "Maintainers A (@a)", "maintainer: A", "GitRepo: x", "Tags : 1", "arm64v8-GitCommit: x"]
        {
            assert!(is_field_of_manifest(line), "{line}");
        }
        for line in ["", ": x", "File: x", "Tags", "tags: x", "Maintainers", "Author: A", "--- Maintainers: x", "é: x"]
        {
            assert!(!is_field_of_manifest(line), "{line}");
        }
    }

    #[test]
    fn names_of_manifests() {
        for name in ["app", "my.app", "a.b_c-d", "my app", "größe", "my..app", "app:1", "MyApp", "app.2"] {
            assert!(is_manifest(&Path::new("library").join(name)), "{name}");
            assert!(!is_manifest(&Path::new("other").join(name)), "{name}");
        }
        for name in [
            "Dockerfile",
            "Dockerfile.alpine",
            "Dockerfile-slim",
            "x.Dockerfile",
            "Containerfile",
            "README.md",
            "app.yaml",
            "install.sh",
            ".app.swp",
            "app~",
            "app.bak",
        ] {
            assert!(!is_manifest(&Path::new("library").join(name)), "{name}");
        }
    }

    #[test]
    fn names() {
        for name in [
            "Dockerfile",
            "Dockerfile.dev",
            "Dockerfile.alpine3.20",
            "app.Dockerfile",
            "app.dockerfile",
            "app.DOCKERFILE",
            "Containerfile",
            "Containerfile.prod",
            "Dockerfile.dev.dockerfile",
        ] {
            assert!(is_dockerfile(OsStr::new(name)), "{name}");
        }
        for name in [
            "dockerfile",
            "Dockerfile-slim",
            "Dockerfile~",
            "Dockerfile.",
            "Dockerfile.md",
            "Dockerfile.template",
            "Dockerfile.J2",
            "Dockerfile.dev.bak",
            "Dockerfile.dockerignore",
            "app.Dockerfile.dockerignore",
            "app.Dockerfile.tmpl",
            "#Dockerfile#",
            ".Dockerfile.swp",
            ".dockerfile",
            "mydockerfile",
            "README.md",
            "Dockerfile.dev~",
        ] {
            assert!(!is_dockerfile(OsStr::new(name)), "{name}");
        }
    }
}
