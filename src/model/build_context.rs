//! The build context: the folder that COPY takes files from.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::git_index::Repositories;
use crate::library::Library;
use crate::manifest::Build;
use crate::source;

use super::bases::KnownBases;
use super::path_pattern::{PathPattern, is_pattern};

/// No more of a file is read than this.
const MAX_READ: u64 = 1 << 20;
/// A path of more parts is not looked up.
pub(super) const MAX_DEPTH: usize = 32;
/// Folders with more entries than this are not listed; neither are more for one pattern.
const MAX_ENTRIES: usize = 2048;
/// So many folders above the context are looked at.
const MAX_ABOVE: usize = 16;

/// What is at a path of the build context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Absent,
    /// A file, or what is no folder.
    File,
    /// A folder.
    Folder,
    /// It cannot be seen, or is behind a link: links are not followed, they may lead out of the context.
    Unknown,
}

/// The files of a build context.
#[derive(Debug, Clone)]
pub enum BuildContext {
    /// A folder on the disk.
    Folder(PathBuf),
    /// Files of an example, by path.
    Files(BTreeMap<String, String>),
}

impl BuildContext {
    /// The start of a regular file; none where there is no such file, or it cannot be read. Paths that lead out of the context have none.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        let path = plain(path)?;
        match self {
            Self::Files(files) => files.get(&path).map(|text| text.clone().into_bytes()),
            Self::Folder(root) => {
                let path = root.join(path);
                if !fs::metadata(&path).ok()?.is_file() {
                    return None;
                }
                let mut bytes = Vec::new();
                source::open(&path).ok()?.take(MAX_READ).read_to_end(&mut bytes).ok()?;
                Some(bytes)
            }
        }
    }

    /// Where a file is on the disk.
    pub fn locate(&self, path: &str) -> Option<PathBuf> {
        match self {
            Self::Files(_) => None,
            Self::Folder(root) => Some(root.join(plain(path)?)),
        }
    }
}

/// Questions about what is there. Paths are relative to the context, without `.` and `..`. Every answer looks at the folders of the
/// path alone, never at a whole tree.
impl BuildContext {
    /// What is at a path.
    pub fn presence(&self, path: &str) -> Presence {
        match self {
            Self::Files(files) => presence_among(files, path),
            Self::Folder(root) => presence_below(root, path),
        }
    }

    /// The entries of a folder in order of their names, the empty path for the context itself; none where they cannot be read or are too many.
    pub fn list(&self, folder: &str) -> Option<Vec<String>> {
        let mut names: Vec<String> = match self {
            Self::Files(files) => {
                let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
                let below = files.keys().filter_map(|path| path.strip_prefix(&start));
                below
                    .filter_map(|rest| rest.split('/').next())
                    .filter(|name| *name != "..")
                    .map(str::to_owned)
                    .collect()
            }
            Self::Folder(root) => {
                let entries = fs::read_dir(root.join(folder)).ok()?.take(MAX_ENTRIES + 1);
                let name =
                    |entry: std::io::Result<fs::DirEntry>| Some(entry.ok()?.file_name().to_string_lossy().into_owned());
                entries.map(name).collect::<Option<_>>()?
            }
        };
        names.sort();
        names.dedup();
        (names.len() <= MAX_ENTRIES).then_some(names)
    }

    /// The paths that fit a pattern of COPY; none where that cannot be known.
    pub fn matches(&self, pattern: &str) -> Option<Vec<String>> {
        let mut found = vec![String::new()];
        let mut looked_at = 0;
        for part in pattern.split('/') {
            let mut next = Vec::new();
            for folder in found {
                let names = if is_pattern(part) {
                    match self.presence(&folder) {
                        Presence::Unknown => return None,
                        Presence::Folder => self.list(&folder)?,
                        Presence::Absent | Presence::File => continue,
                    }
                } else {
                    vec![part.to_owned()]
                };
                looked_at += names.len();
                let fits = PathPattern::of_source(part)?;
                for name in names.iter().filter(|name| fits.matches(name)) {
                    let path = join(&folder, name);
                    match self.presence(&path) {
                        Presence::Absent => {}
                        Presence::File | Presence::Folder => next.push(path),
                        Presence::Unknown => return None,
                    }
                }
            }
            if looked_at > MAX_ENTRIES {
                return None;
            }
            found = next;
        }
        Some(found)
    }

    /// The folders above the context, nearest first, up to that of the repository.
    pub fn above(&self) -> Vec<Self> {
        match self {
            Self::Files(files) => {
                let level = |levels: usize| {
                    let start = "../".repeat(levels);
                    let below = files.iter().filter_map(|(path, text)| Some((path.strip_prefix(&start)?, text)));
                    let below = below.map(|(path, text)| (path.to_owned(), text.clone()));
                    below.collect::<BTreeMap<String, String>>()
                };
                (1..=MAX_DEPTH).map(level).take_while(|files| !files.is_empty()).map(Self::Files).collect()
            }
            Self::Folder(root) => folders_above(root).into_iter().map(|(folder, _)| Self::Folder(folder)).collect(),
        }
    }

    /// The path whose first missing name is replaced by the one most like it in that folder: in another case, a slip or two away, or
    /// with more or less in front.
    pub fn nearest(&self, path: &str) -> Option<String> {
        let mut folder = String::new();
        let mut parts = path.split('/');
        let missing = parts.by_ref().find(|part| {
            let known = join(&folder, part);
            let is_missing = self.presence(&known) == Presence::Absent;
            if !is_missing {
                folder = known;
            }
            is_missing
        })?;
        let names = self.list(&folder)?;
        let (_, name) = names.iter().filter_map(|name| Some((distance(missing, name)?, name))).min()?;
        let mut near: Vec<&str> = vec![name];
        near.extend(parts);
        let near = join(&folder, &near.join("/"));
        matches!(self.presence(&near), Presence::File | Presence::Folder).then_some(near)
    }
}

/// A path below a folder of the context; the empty one is the context itself.
pub(super) fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// How far a name is from the one that is missing, where it may be meant.
fn distance(missing: &str, name: &str) -> Option<usize> {
    let (small, other) = (missing.to_lowercase(), name.to_lowercase());
    let slips = strsim::osa_distance(&small, &other);
    let is_longer = |long: &str, end: &str| {
        end.len() > 4 && long.strip_suffix(end).is_some_and(|start| start.ends_with(['-', '_', '.']))
    };
    if small == other {
        Some(0)
    } else if slips <= 2 && slips * 4 <= missing.len() {
        Some(slips)
    } else if is_longer(&other, &small) || is_longer(&small, &other) {
        Some(3)
    } else {
        None
    }
}

fn presence_among(files: &BTreeMap<String, String>, path: &str) -> Presence {
    if files.contains_key(path) {
        return Presence::File;
    }
    let start = if path.is_empty() { String::new() } else { format!("{path}/") };
    let first = files.range(start.clone()..).next();
    if path.is_empty() || first.is_some_and(|(known, _)| known.starts_with(&start)) {
        Presence::Folder
    } else {
        Presence::Absent
    }
}

fn presence_below(root: &Path, path: &str) -> Presence {
    let mut at = root.to_path_buf();
    let mut presence = Presence::Folder;
    for (depth, part) in path.split('/').filter(|part| !part.is_empty()).enumerate() {
        if depth == MAX_DEPTH {
            return Presence::Unknown;
        }
        at.push(part);
        presence = match fs::symlink_metadata(&at) {
            Ok(metadata) if metadata.is_symlink() => return Presence::Unknown,
            Ok(metadata) if metadata.is_dir() => Presence::Folder,
            Ok(_) => Presence::File,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Presence::Absent;
            }
            Err(_) => return Presence::Unknown,
        };
    }
    presence
}

/// The folders above one, nearest first, each with the path from it to the first; up to the folder of the repository.
pub(super) fn folders_above(root: &Path) -> Vec<(PathBuf, String)> {
    let mut folders = Vec::new();
    let is_repository = |folder: &Path| fs::symlink_metadata(folder.join(".git")).is_ok();
    let Ok(root) = fs::canonicalize(root) else { return folders };
    let mut inner = String::new();
    let mut at = root.as_path();
    while let (Some(above), Some(name), false) = (at.parent(), at.file_name(), is_repository(at)) {
        let name = name.to_string_lossy();
        inner = if inner.is_empty() { name.into_owned() } else { format!("{name}/{inner}") };
        // What is at the root of a file system is in no project.
        if folders.len() == MAX_ABOVE || above.parent().is_none() {
            break;
        }
        folders.push((above.to_path_buf(), inner.clone()));
        at = above;
    }
    folders
}

/// The path below the root without `.`; none where it leads out of it, or is a pattern.
fn plain(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part if part.contains(['*', '?', '[', '\0']) => return None,
            part => parts.push(part),
        }
    }
    (!parts.is_empty() && !Path::new(path).has_root() || path.starts_with('/')).then(|| parts.join("/"))
}

/// The permission bits of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// `0o755`.
    pub bits: u32,
    /// Whether they are those in git's index, which count before those on the disk.
    pub is_in_index: bool,
}

/// What is known of a file besides its text.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Its name without the folder.
    pub name: Option<String>,
    /// None where it cannot be known, as on Windows outside of a repository.
    pub mode: Option<Mode>,
    /// The build context of a Dockerfile.
    pub context: Option<BuildContext>,
    /// Git's indexes, for the modes of files of the build context.
    pub git: Arc<Repositories>,
    /// The checkout of the programme's library that the user named; else what is built in holds.
    pub library: Option<Arc<Library>>,
    /// What is built from a Dockerfile, as far as manifests are known that name it.
    pub builds: Vec<Build>,
    /// The repositories that a manifest names, by their address, as far as they are on the disk.
    pub repositories: BTreeMap<String, BuildContext>,
    /// What the Dockerfiles in them stand on, as far as a rule has asked.
    pub known_bases: KnownBases,
}

impl Surroundings {
    /// The permission bits that git has recorded for a file of the build context. The files of an example have those of the
    /// example.
    pub fn recorded_mode(&self, path: &str) -> Option<u32> {
        match self.context.as_ref()? {
            context @ BuildContext::Folder(_) => self.git.mode(&context.locate(path)?),
            context @ BuildContext::Files(_) => {
                self.mode.filter(|_| context.presence(path) == Presence::File).map(|mode| mode.bits)
            }
        }
    }

    /// The programme's library.
    pub fn library(&self) -> &Library {
        self.library.as_deref().unwrap_or_else(|| Library::built_in())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::GitIgnores;

    const FILES: [(&str, &str); 11] = [
        (".gitignore", "*.log\n!keep.log\nnode_modules/\n"),
        ("up.txt", ""),
        ("app/.gitignore", "/dist\nbuild/*\n!build/.keep\n"),
        ("app/Dockerfile", ""),
        ("app/docker-entrypoint.sh", ""),
        ("app/License", ""),
        ("app/conf.d/a.conf", ""),
        ("app/conf.d/b.conf", ""),
        ("app/sub/conf.d/c.conf", ""),
        ("app/sub/.gitignore", "!x.log\n"),
        ("app/build/.keep", ""),
    ];

    fn holds(context: &BuildContext) {
        for (path, expected) in [
            ("", Presence::Folder),
            ("Dockerfile", Presence::File),
            ("conf.d", Presence::Folder),
            ("conf.d/a.conf", Presence::File),
            ("conf", Presence::Absent),
            ("Dockerfile/x", Presence::Absent),
        ] {
            assert_eq!(context.presence(path), expected, "{path}");
        }
        for (pattern, expected) in [
            ("*.sh", vec!["docker-entrypoint.sh"]),
            ("conf.d/?.conf", vec!["conf.d/a.conf", "conf.d/b.conf"]),
            ("*/conf.d", vec!["sub/conf.d"]),
            ("*/*/*.conf", vec!["sub/conf.d/c.conf"]),
            ("s[a-u]b", vec!["sub"]),
            ("none/*", vec![]),
            ("*.md", vec![]),
        ] {
            assert_eq!(context.matches(pattern).unwrap(), expected, "{pattern}");
        }
        assert_eq!(context.matches("["), None);
        for (path, expected) in [
            ("docker-entrypiont.sh", Some("docker-entrypoint.sh")),
            ("entrypoint.sh", Some("docker-entrypoint.sh")),
            ("LICENSE", Some("License")),
            ("conf/a.conf", None),
            ("conf.t/a.conf", Some("conf.d/a.conf")),
            ("sub/conf.D/c.conf", Some("sub/conf.d/c.conf")),
            ("sub/conf.D/d.conf", None),
            ("nothing", None),
        ] {
            assert_eq!(context.nearest(path).as_deref(), expected, "{path}");
        }
        for (path, expected) in [("dist", true), ("dist/a/b", true), ("build", true), ("sub/dist", false), ("a", false)]
        {
            assert_eq!(GitIgnores::of(context).ignore(path), expected, "{path}");
        }
    }

    #[test]
    fn files_of_an_example() {
        let named = FILES.map(|(path, text)| {
            let path = path.strip_prefix("app/").map_or_else(|| format!("../{path}"), str::to_owned);
            (path, text.to_owned())
        });
        let context = BuildContext::Files(named.into());
        holds(&context);
        let above = context.above();
        assert_eq!(above.len(), 1);
        assert!(above.iter().all(|folder| folder.presence("up.txt") == Presence::File));
    }

    #[test]
    fn a_folder_of_a_repository() {
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path().join("repository");
        for (path, text) in FILES {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        }
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(temporary.path().join("beyond.txt"), "").unwrap();
        let context = BuildContext::Folder(root.join("app"));
        holds(&context);
        for (path, expected) in
            [("a.log", true), ("keep.log", false), ("sub/x.log", false), ("sub/node_modules/a", true)]
        {
            assert_eq!(GitIgnores::of(&context).ignore(path), expected, "{path}");
        }
        let is_above = |path: &str| context.above().iter().any(|folder| folder.presence(path) == Presence::File);
        assert!(is_above("up.txt") && is_above("app/Dockerfile") && !is_above("beyond.txt"));
        assert!(BuildContext::Folder(root).above().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path();
        std::os::unix::fs::symlink("/etc", root.join("link")).unwrap();
        let context = BuildContext::Folder(root.to_path_buf());
        for path in ["link", "link/passwd", "link/nothing"] {
            assert_eq!(context.presence(path), Presence::Unknown, "{path}");
        }
        assert_eq!(context.matches("link/*"), None);
    }
}
