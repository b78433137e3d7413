//! The build context: the folder that COPY takes files from.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// No more of a file is read than this.
const MAX_READ: u64 = 1 << 20;

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
                fs::File::open(path).ok()?.take(MAX_READ).read_to_end(&mut bytes).ok()?;
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
}
