//! A submission: manifests of the programme and the Dockerfiles that their entries are built from, so that each is judged
//! with the other. A manifest names a repository by its address; on the disk that is a checkout with this remote, or a
//! folder of its name. What is not surely the same is not linked.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::discover::{self, Input};
use crate::library::Library;
use crate::manifest::{self, Build};
use crate::model::BuildContext;
use crate::rulebook::Subject;
use crate::source;

/// From a Dockerfile the folders above it are looked at this far.
const MAX_CLIMB: usize = 24;

/// Which Dockerfiles belong to which manifests. Paths are canonical.
#[derive(Debug, Default)]
pub struct Submission {
    builds: HashMap<PathBuf, Vec<Build>>,
    repositories: HashMap<PathBuf, BTreeMap<String, BuildContext>>,
}

/// A manifest with what it builds.
struct Manifest {
    /// Where it is; none for those of the library that the user named.
    path: Option<PathBuf>,
    builds: Vec<Build>,
}

impl Submission {
    /// Links the inputs with each other, and with the manifests of the library that the user named.
    pub fn link(inputs: &[(&Input, Subject)], library: Option<&Library>) -> Self {
        let mut manifests: Vec<Manifest> = Vec::new();
        for path in paths(inputs, Subject::LibraryManifest) {
            let Ok(source) = discover::read(&Input::File(path.clone())) else { continue };
            if source.no_text().is_none() {
                let image = path.file_name().unwrap_or_default().to_string_lossy();
                let builds = manifest::parse(&source).builds(&image, &source);
                manifests.push(Manifest { path: Some(path), builds });
            }
        }
        let named: HashSet<&str> =
            manifests.iter().flat_map(|manifest| &manifest.builds).map(|build| build.image.as_str()).collect();
        let others: Vec<Manifest> = library
            .into_iter()
            .flat_map(Library::manifests)
            .filter(|file| !named.contains(file.image.as_str()))
            .map(|file| Manifest { path: None, builds: file.manifest.builds(&file.image, &file.source) })
            .collect();
        let is_one = repositories(&manifests).len() == 1;
        let mut submission = Self::default();
        if manifests.is_empty() && others.is_empty() {
            return submission;
        }
        let roots = Roots::above(paths(inputs, Subject::Dockerfile));
        for manifest in manifests.iter().chain(&others) {
            for address in repositories(std::slice::from_ref(manifest)) {
                let builds = || manifest.builds.iter().filter(|build| build.repository == address);
                // Where there is but one repository, it may be the tree that the manifest lies in.
                let own = manifest.path.as_deref().filter(|_| is_one).and_then(|path| path.parent()?.parent());
                for root in roots.of(address, builds, own) {
                    submission.add(manifest, address, &root);
                }
            }
        }
        submission
    }

    fn add(&mut self, manifest: &Manifest, address: &str, root: &Path) {
        for build in manifest.builds.iter().filter(|build| build.repository == address) {
            // A folder may be a link, such as that of the newest version.
            let Ok(path) = fs::canonicalize(root.join(&build.dockerfile)) else { continue };
            self.builds.entry(path).or_default().push(build.clone());
        }
        if let Some(path) = &manifest.path {
            let of_manifest = self.repositories.entry(path.clone()).or_default();
            of_manifest.entry(address.to_owned()).or_insert_with(|| BuildContext::Folder(root.to_path_buf()));
        }
    }

    /// What is built from a Dockerfile.
    pub fn builds_of(&self, path: &Path) -> Vec<Build> {
        let canonical = if self.builds.is_empty() { None } else { fs::canonicalize(path).ok() };
        let builds = canonical.and_then(|path| self.builds.get(&path)).into_iter().flatten();
        // One manifest may be there twice.
        let mut seen = HashSet::new();
        builds.filter(|build| seen.insert(*build)).cloned().collect()
    }

    /// The repositories of a manifest that are on the disk.
    pub fn repositories_of(&self, path: &Path) -> BTreeMap<String, BuildContext> {
        let canonical = if self.repositories.is_empty() { None } else { fs::canonicalize(path).ok() };
        canonical.and_then(|path| self.repositories.get(&path).cloned()).unwrap_or_default()
    }
}

fn paths(inputs: &[(&Input, Subject)], wanted: Subject) -> Vec<PathBuf> {
    let of_subject = inputs.iter().filter(|(_, subject)| *subject == wanted);
    of_subject
        .filter_map(|(input, _)| match input {
            Input::File(path) => fs::canonicalize(path).ok(),
            Input::Stdin => None,
        })
        .collect()
}

fn repositories(manifests: &[Manifest]) -> BTreeSet<&str> {
    let builds = manifests.iter().flat_map(|manifest| &manifest.builds);
    builds.map(|build| build.repository.as_str()).filter(|address| !address.is_empty()).collect()
}

/// Folders that may be the root of a repository.
struct Roots {
    /// By `owner/name` of a remote.
    by_remote: HashMap<String, Vec<PathBuf>>,
    /// By name, of a remote or of the folder.
    by_name: HashMap<String, Vec<PathBuf>>,
}

impl Roots {
    /// Those above Dockerfiles, up to the root of the checkout that each is in.
    fn above(dockerfiles: Vec<PathBuf>) -> Self {
        let mut roots = Self { by_remote: HashMap::new(), by_name: HashMap::new() };
        let mut seen: HashSet<PathBuf> = HashSet::new();
        for path in dockerfiles {
            for folder in path.ancestors().skip(1).take(MAX_CLIMB) {
                if !seen.insert(folder.to_path_buf()) {
                    break;
                }
                if let Some(name) = folder.file_name() {
                    let name = name.to_string_lossy().to_ascii_lowercase();
                    roots.by_name.entry(name).or_default().push(folder.to_path_buf());
                }
                let Some(config) = git_config(folder) else { continue };
                for address in remotes(&config) {
                    let (remote, name) = names(&address);
                    roots.by_remote.entry(remote).or_default().push(folder.to_path_buf());
                    roots.by_name.entry(name).or_default().push(folder.to_path_buf());
                }
                break;
            }
        }
        roots
    }

    /// The folders that are a repository: by its remote, else by its name or by the manifest's own tree, where half of the Dockerfiles
    /// that are built from it are there.
    fn of<'b, B: Iterator<Item = &'b Build>>(
        &self,
        address: &str,
        builds: impl Fn() -> B,
        own: Option<&Path>,
    ) -> Vec<PathBuf> {
        let (remote, name) = names(address);
        let files: HashSet<&str> = builds().map(|build| build.dockerfile.as_str()).collect();
        let present = |root: &Path| files.iter().filter(|file| root.join(file).is_file()).count();
        let of_remote = self.by_remote.get(&remote).into_iter().flatten().filter(|root| present(root) > 0);
        let mut found: Vec<PathBuf> = of_remote.cloned().collect();
        if found.is_empty() {
            let of_name = self.by_name.get(&name).into_iter().flatten().map(PathBuf::as_path);
            let likely = of_name.chain(own).filter(|root| {
                let present = present(root);
                present > 0 && present * 2 >= files.len()
            });
            found = likely.map(Path::to_path_buf).collect();
        }
        found.sort();
        found.dedup();
        found
    }
}

/// `owner/name` and `name` of an address such as `https://github.com/owner/name.git` or `git@github.com:owner/name`.
fn names(address: &str) -> (String, String) {
    let path = address.trim_end_matches('/').to_ascii_lowercase();
    let path = path.strip_suffix(".git").unwrap_or(&path);
    let mut parts = path.rsplit(['/', ':']);
    let name = parts.next().unwrap_or_default().to_owned();
    let owner = parts.next().unwrap_or_default();
    (format!("{owner}/{name}"), name)
}

/// The configuration of the repository whose root a folder is; a linked work tree has that of its repository.
fn git_config(folder: &Path) -> Option<String> {
    let git = folder.join(".git");
    let metadata = fs::metadata(&git).ok()?;
    let read = |path: &Path| String::from_utf8(source::read(path).ok()?).ok();
    if metadata.is_dir() {
        return Some(read(&git.join("config")).unwrap_or_default());
    }
    let text = read(&git)?;
    let git = folder.join(text.strip_prefix("gitdir:")?.trim());
    let common = read(&git.join("commondir"));
    let common = common.map_or_else(|| git.clone(), |common| git.join(common.trim()));
    Some(read(&common.join("config")).unwrap_or_default())
}

/// The addresses of the remotes.
fn remotes(config: &str) -> Vec<String> {
    let mut in_remote = false;
    let mut found = Vec::new();
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            in_remote = line.starts_with("[remote ");
        } else if let Some((key, value)) = line.split_once('=').filter(|_| in_remote)
            && key.trim() == "url"
        {
            found.push(value.trim().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (address, expected) in [
            ("https://github.com/Example/Image.git", ("example/image", "image")),
            ("https://github.com/example/image/", ("example/image", "image")),
            ("git@github.com:example/image.git", ("example/image", "image")),
            ("image", ("/image", "image")),
        ] {
            let (remote, name) = names(address);
            assert_eq!((remote.as_str(), name.as_str()), expected, "{address}");
        }
        let config = "[core]\n\turl = x\n[remote \"origin\"]\n\turl = git@example.org:a/b\n\tfetch = +c\n";
        assert_eq!(remotes(config), ["git@example.org:a/b"]);
    }
}
