//! Where the keys lie that package managers trust.

use super::files::FilePath;
use super::{Model, apt_source, written};

/// Where package managers keep the keys that they trust.
pub const FOLDERS: [&str; 7] = [
    "/etc/apt/keyrings",
    "/etc/apt/trusted.gpg.d",
    "/usr/share/keyrings",
    "/usr/local/share/keyrings",
    "/etc/apk/keys",
    "/etc/pki/rpm-gpg",
    "/etc/apt/trusted.gpg",
];

impl Model<'_> {
    /// The keyrings that package sources of the file name, wherever they lie.
    pub fn named_keyrings(&self) -> Vec<FilePath> {
        let lists = self.writes().iter().filter(|write| apt_source::is_list(&write.path));
        let values = lists.flat_map(|write| apt_source::sources(&write.text)).filter_map(|source| {
            let keyrings = source.option("signed-by")?.split([',', ' ']).filter(|path| path.starts_with('/'));
            Some(keyrings.filter(|path| !path.contains(written::is_unknown)).map(FilePath::absolute).collect::<Vec<_>>())
        });
        values.flatten().collect()
    }
}
