//! Writes a file anew: all of it or nothing, and never over what somebody else has changed.

use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::source::{self, reason};

/// Why a file was left as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It is not what it was when it was read.
    #[error("{}: the file was changed meanwhile and is left as it is", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Nobody may write it.
    #[error("{}: the file is read-only and is left as it is", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("{}: cannot be written and is left as it is: {}", path.display(), reason(source))]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl WriteError {
    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "run oi-lint again",
            Self::ReadOnly { .. } => "allow writing it, or see with `--diff` what would change",
            Self::Refused { .. } => {
                "a new file is written beside it and takes its place: that needs a folder that can be written and room on the disk"
            }
        }
    }
}

/// Puts other bytes into a file that has `before`. A new file is written beside it, flushed to the disk and renamed, so that
/// whoever looks finds the old bytes or the new ones. It keeps mode and owner; of a link the target is written.
pub fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), WriteError> {
    let refused = |source| WriteError::Refused { path: path.to_path_buf(), source };
    let target = fs::canonicalize(path).map_err(refused)?;
    let metadata = fs::metadata(&target).map_err(refused)?;
    if metadata.permissions().readonly() {
        return Err(WriteError::ReadOnly { path: path.to_path_buf() });
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".oi-lint-").tempfile_in(folder).map_err(refused)?;
    file.write_all(after).map_err(refused)?;
    keep_owner(file.as_file(), &metadata).map_err(refused)?;
    // A change of the owner takes some of the mode away.
    file.as_file().set_permissions(metadata.permissions()).map_err(refused)?;
    file.as_file().sync_all().map_err(refused)?;
    if source::read(&target).map_err(refused)? != before {
        return Err(WriteError::Changed { path: path.to_path_buf() });
    }
    file.persist(&target).map_err(|error| refused(error.error))?;
    // The rename is done; whether it is on the disk already, not every system can say.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// A file that is written anew bit by bit, and takes its place when it is whole. What is no regular file, such as a pipe, is
/// written as it stands.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    target: PathBuf,
    file: Writing,
}

#[derive(Debug)]
enum Writing {
    Beside(NamedTempFile),
    Directly(File),
}

impl NewFile {
    /// Begins; folders that are missing are made.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let refused = |source| WriteError::Refused { path: path.to_path_buf(), source };
        let old = fs::metadata(path).ok();
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            let file = File::options().write(true).open(path).map_err(refused)?;
            return Ok(Self { path: path.into(), target: path.into(), file: Writing::Directly(file) });
        }
        if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
            return Err(WriteError::ReadOnly { path: path.to_path_buf() });
        }
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(refused)?;
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.prefix(".oi-lint-").tempfile_in(folder).map_err(refused)?;
        if let Some(old) = old {
            file.as_file().set_permissions(old.permissions()).map_err(refused)?;
        }
        Ok(Self { path: path.into(), target, file: Writing::Beside(file) })
    }

    /// Puts it in its place.
    pub fn finish(self) -> Result<(), WriteError> {
        let Writing::Beside(file) = self.file else { return Ok(()) };
        let persisted = file.as_file().sync_all().and_then(|()| Ok(file.persist(&self.target)?));
        persisted.map(|_| ()).map_err(|source| WriteError::Refused { path: self.path, source })
    }
}

impl io::Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Writing::Beside(file) => file.write(bytes),
            Writing::Directly(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(file, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Dockerfile");
        fs::write(&path, "old").unwrap();
        let names = || fs::read_dir(folder.path()).unwrap().count();
        assert!(matches!(replace(&path, b"other", b"new"), Err(WriteError::Changed { .. })));
        assert_eq!((fs::read(&path).unwrap().as_slice(), names()), (&b"old"[..], 1));
        replace(&path, b"old", b"new").unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), names()), (&b"new"[..], 1));
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(matches!(replace(&path, b"new", b"newer"), Err(WriteError::ReadOnly { .. })));
        assert!(matches!(replace(&folder.path().join("none"), b"", b""), Err(WriteError::Refused { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn modes_and_links() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a", &link).unwrap();
        let owner = fs::metadata(&path).unwrap().uid();
        replace(&link, b"old", b"new").unwrap();
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((metadata.mode() & 0o7777, metadata.uid()), (0o640, owner));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
