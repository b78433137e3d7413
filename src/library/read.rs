//! A checkout of docker-library/official-images into a library.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Library;
use crate::manifest::{self, Manifest};
use crate::source::{self, Source, reason};

/// Why a folder is no library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// It cannot be read.
    #[error("{}: {}", path.display(), reason(source))]
    Unreadable {
        /// The folder, or a file in it.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It has no manifest.
    #[error("{}: no manifest is in this folder", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

/// A manifest of a library.
#[derive(Debug, Clone)]
pub struct ManifestFile {
    /// The name of the image.
    pub image: String,
    /// Its text.
    pub source: Source,
    /// The manifest.
    pub manifest: Manifest,
}

impl ManifestFile {
    /// Reads the manifest of an image.
    pub fn of(image: String, source: Source) -> Self {
        Self { image, manifest: manifest::parse(&source), source }
    }
}

impl Library {
    /// Reads the folder `library` of a checkout, or the checkout that it is in. The external pins are read from the folder
    /// beside it; where there is none they are those that are built in.
    pub fn read(folder: &Path) -> Result<Self, LibraryError> {
        let unreadable = |path: &Path| {
            let path = path.to_path_buf();
            |source| LibraryError::Unreadable { path, source }
        };
        let below = folder.join("library");
        let library = if below.is_dir() { below.as_path() } else { folder };
        let mut paths = Vec::new();
        for entry in fs::read_dir(library).map_err(unreadable(library))? {
            let path = entry.map_err(unreadable(library))?.path();
            let is_visible = path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.'));
            if is_visible && path.is_file() {
                paths.push(path);
            }
        }
        paths.sort();
        let mut manifests = Vec::new();
        for path in paths {
            let bytes = source::read(&path).map_err(unreadable(&path))?;
            // What is no text, or larger than a source may be, is no manifest.
            let Some(source) = Source::new(bytes).ok().filter(|source| source.no_text().is_none()) else { continue };
            let image = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let file = ManifestFile::of(image, source);
            if file.manifest.global().is_some_and(|global| global.field("Maintainers").is_some()) {
                manifests.push(file);
            }
        }
        if manifests.is_empty() {
            return Err(LibraryError::Empty { path: folder.to_path_buf() });
        }
        let checkout = fs::canonicalize(library).ok().and_then(|path| path.parent().map(Path::to_path_buf));
        let pins = checkout.and_then(|checkout| pins(&checkout.join(".external-pins")));
        Ok(Self { pins: pins.unwrap_or_else(|| Self::built_in().pins.clone()), ..Self::of_manifests(manifests) })
    }

    /// The library that manifests make, with the external pins that are built in.
    pub fn of_manifests(manifests: Vec<ManifestFile>) -> Self {
        let text: String = manifests.iter().map(section).collect();
        Self { manifests, ..Self::of(text.into(), Self::built_in().pins.clone()) }
    }
}

/// The lines of an image.
fn section(file: &ManifestFile) -> String {
    let source = &file.source;
    // By what a tag is built for; a shared tag is built for what all its entries are.
    let mut groups: BTreeMap<(BTreeSet<String>, BTreeSet<String>), Vec<String>> = BTreeMap::new();
    let mut shared: BTreeMap<String, (BTreeSet<String>, BTreeSet<BTreeSet<String>>)> = BTreeMap::new();
    for entry in file.manifest.entries() {
        let texts =
            |items: Vec<manifest::Item>| items.into_iter().map(|item| item.text).filter(|text| !text.is_empty());
        let architectures: BTreeSet<String> = entry.architectures(source).into_iter().collect();
        let constraints: BTreeSet<String> = texts(entry.constraints(source)).collect();
        for tag in texts(entry.shared_tags(source)) {
            let (of_tag, constraints_of_tag) = shared.entry(tag).or_default();
            of_tag.extend(architectures.iter().cloned());
            constraints_of_tag.insert(constraints.clone());
        }
        let tags: Vec<String> = texts(entry.tags(source)).collect();
        if !tags.is_empty() {
            groups.entry((architectures, constraints)).or_default().push(tags.join(" "));
        }
    }
    for (tag, (architectures, mut constraints)) in shared {
        // Which of them holds depends on the machine.
        let constraints =
            if constraints.len() == 1 { constraints.pop_first().unwrap_or_default() } else { BTreeSet::new() };
        groups.entry((architectures, constraints)).or_default().push(tag);
    }
    let mut text = format!("[{}]\n", file.image);
    for ((architectures, constraints), lines) in groups {
        let join = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(" ");
        text.push_str(&format!("@ {}", join(architectures)));
        if !constraints.is_empty() {
            text.push_str(&format!(" = {}", join(constraints)));
        }
        text.push('\n');
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

/// The external images of a checkout: files `<repository>___<tag>` (.external-pins/list.sh there).
fn pins(folder: &Path) -> Option<Vec<String>> {
    let mut pins = Vec::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(2).sort_by_file_name() {
        let entry = entry.ok()?;
        let path = entry.path().strip_prefix(folder).ok()?.to_string_lossy().replace('\\', "/");
        if entry.file_type().is_file() && path.contains("___") {
            pins.push(path.replacen("___", ":", 1));
        }
    }
    pins.sort();
    Some(pins)
}
