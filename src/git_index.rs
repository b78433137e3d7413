//! The modes of files in git's index: what is in the repository, whatever the file system can hold of it. The format is that of
//! gitformat-index(5), versions 2 to 4. What cannot be read, or is not wholly understood, has no modes.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::source;

/// A larger index is left alone; a million files make about a third of it.
const MAX_INDEX: u64 = 256 << 20;
/// A file `.git` holds one path.
const MAX_LINK: u64 = 64 << 10;
/// The lengths of object names: SHA-1, SHA-256.
const HASHES: [usize; 2] = [20, 32];
/// The times, numbers and sizes before an object name, the mode among them.
const STAT: usize = 40;

/// The repositories of the files of a run; each index is read once.
#[derive(Debug, Default)]
pub struct Repositories {
    /// By the folder that holds `.git`.
    indexes: Mutex<HashMap<PathBuf, Arc<Option<Index>>>>,
}

impl Repositories {
    /// The permission bits of a regular file in the index of the repository that it lies in.
    pub fn mode(&self, path: &Path) -> Option<u32> {
        let path = fs::canonicalize(path).ok()?;
        let (folder, git) = path.ancestors().skip(1).find_map(|folder| Some((folder, git_folder(folder)?)))?;
        let index = {
            // Others wait here for the index that they need too.
            let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
            let read = || Arc::new(start_of(&git.join("index"), MAX_INDEX).and_then(|bytes| Index::read(&bytes)));
            Arc::clone(indexes.entry(folder.to_path_buf()).or_insert_with(read))
        };
        let names: Option<Vec<&str>> =
            path.strip_prefix(folder).ok()?.components().map(|part| part.as_os_str().to_str()).collect();
        Option::as_ref(&index)?.mode(names?.join("/").as_bytes())
    }
}

/// What git keeps of the working tree in a folder: its `.git`, or the folder that the file `.git` names, as in a linked worktree or
/// a submodule.
fn git_folder(folder: &Path) -> Option<PathBuf> {
    let path = folder.join(".git");
    let git = if fs::metadata(&path).ok()?.is_dir() {
        path
    } else {
        let bytes = start_of(&path, MAX_LINK)?;
        let target = std::str::from_utf8(&bytes).ok()?.strip_prefix("gitdir:")?.trim();
        folder.join(target)
    };
    git.join("HEAD").is_file().then_some(git)
}

/// A regular file that is not longer than this.
fn start_of(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let metadata = fs::metadata(path).ok().filter(|metadata| metadata.is_file() && metadata.len() <= limit)?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
    source::open(path).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The names and modes of an index.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Index {
    names: Vec<u8>,
    /// In the order of the names.
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: Range<usize>,
    mode: u32,
    /// 0, or the side of a conflict.
    stage: u16,
}

impl Index {
    /// Reads an index.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        // Which hash it is stands in the configuration alone; with the wrong one nothing falls into its place.
        HASHES.iter().find_map(|&hash| Self::read_with(bytes, hash))
    }

    fn read_with(bytes: &[u8], hash: usize) -> Option<Self> {
        let end = bytes.len().checked_sub(hash)?;
        let mut input = Input { bytes: bytes.get(..end)?, at: 0 };
        if input.take(4)? != b"DIRC" {
            return None;
        }
        let version = input.number()?;
        let count = input.number()?;
        if !(2..=4).contains(&version) {
            return None;
        }
        let mut index = Self::default();
        for _ in 0..count {
            index.entry(&mut input, version, hash)?;
        }
        while !input.is_at_end() {
            let signature = input.take(4)?;
            let length = input.number()?;
            let is_optional = signature.first().is_some_and(u8::is_ascii_uppercase);
            // `link` has most entries in another file; entries for whole folders are the only change that `sdir` makes.
            if !is_optional && signature != b"sdir" {
                return None;
            }
            input.take(usize::try_from(length).ok()?)?;
        }
        let is_sorted = index.entries.is_sorted_by(|a, b| (index.name(a), a.stage) < (index.name(b), b.stage));
        is_sorted.then_some(index)
    }

    fn entry(&mut self, input: &mut Input<'_>, version: u32, hash: usize) -> Option<()> {
        let start = input.at;
        let mut mode = Input { bytes: input.take(STAT)?, at: 24 };
        let mode = mode.number()?;
        input.take(hash)?;
        let flags = input.short()?;
        if flags & 0x4000 != 0 {
            // Version 2 has no further flags.
            input.take(2).filter(|_| version > 2)?;
        }
        let begin = self.names.len();
        if version == 4 {
            let before = self.entries.last().map_or(0..0, |entry| entry.name.clone());
            let kept = before.len().checked_sub(input.offset()?)?;
            self.names.extend_from_within(before.start..before.start + kept);
            self.names.extend_from_slice(input.until_nul()?);
        } else {
            self.names.extend_from_slice(input.until_nul()?);
            // One byte of zero at least, to a multiple of eight.
            let used = input.at - start;
            input.take(used.next_multiple_of(8) - used).filter(|pad| pad.iter().all(|&byte| byte == 0))?;
        }
        let length = self.names.len() - begin;
        // Names of version 4 can unfold to far more than the file is long.
        if usize::from(flags & 0xfff) != length.min(0xfff) || self.names.len() as u64 > MAX_INDEX {
            return None;
        }
        self.entries.push(Entry { name: begin..self.names.len(), mode, stage: flags >> 12 & 3 });
        Some(())
    }

    fn name(&self, entry: &Entry) -> &[u8] {
        self.names.get(entry.name.clone()).unwrap_or_default()
    }

    /// The permission bits of a regular file by its path from the root of the working tree, with slashes.
    pub fn mode(&self, path: &[u8]) -> Option<u32> {
        let at = self.entries.binary_search_by(|entry| (self.name(entry), entry.stage).cmp(&(path, 0))).ok()?;
        let mode = self.entries.get(at)?.mode;
        (mode & 0o170_000 == 0o100_000).then_some(mode & 0o777)
    }
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn short(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// A number of seven bits a byte, as in the offsets of a pack.
    fn offset(&mut self) -> Option<usize> {
        let mut value = 0_usize;
        loop {
            let byte = *self.take(1)?.first()?;
            value = value.checked_mul(128)?.checked_add(usize::from(byte & 127))?;
            if byte & 128 == 0 {
                return Some(value);
            }
            value = value.checked_add(1)?;
        }
    }

    /// The bytes before the next zero, which is passed.
    fn until_nul(&mut self) -> Option<&'a [u8]> {
        let length = self.bytes.get(self.at..)?.iter().position(|&byte| byte == 0)?;
        let taken = self.take(length)?;
        self.take(1)?;
        Some(taken)
    }

    fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }
}
