//! Whether git is told to leave out what a build takes: then it is made, not kept.

use std::collections::HashMap;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::build_context::{BuildContext, MAX_DEPTH, folders_above, join};

/// The `.gitignore` files of a build context and of the folders above it, up to that of the repository. Each is read once.
#[derive(Debug)]
pub struct GitIgnores<'c> {
    context: &'c BuildContext,
    /// By folder of the context; the empty path is the context itself.
    below: HashMap<String, Option<Gitignore>>,
    /// With the path from their folder to the context.
    above: Option<Vec<(Gitignore, String)>>,
}

impl<'c> GitIgnores<'c> {
    /// None of them is read yet.
    pub fn of(context: &'c BuildContext) -> Self {
        Self { context, below: HashMap::new(), above: None }
    }

    /// Whether one of them names a path of the context, or all that is in it.
    pub fn ignore(&mut self, path: &str) -> bool {
        // `build/*` leaves the folder itself.
        self.names(path) || self.names(&format!("{path}/content"))
    }

    fn names(&mut self, path: &str) -> bool {
        let context = self.context;
        let mut folders: Vec<&str> =
            path.match_indices('/').take(MAX_DEPTH).filter_map(|(at, _)| path.get(..at)).collect();
        folders.reverse();
        folders.push("");
        // The nearest file that speaks of the path decides.
        for folder in folders {
            let rules = self.below.entry(folder.to_owned()).or_insert_with(|| read(context, folder));
            let inner = if folder.is_empty() { path } else { path.get(folder.len() + 1..).unwrap_or_default() };
            if let Some(is_ignored) = rules.as_ref().and_then(|rules| says(rules, inner)) {
                return is_ignored;
            }
        }
        let above = self.above.get_or_insert_with(|| {
            let BuildContext::Folder(root) = context else { return Vec::new() };
            let folders = folders_above(root).into_iter();
            folders.filter_map(|(folder, inner)| Some((read(&BuildContext::Folder(folder), "")?, inner))).collect()
        });
        above.iter().find_map(|(rules, inner)| says(rules, &format!("{inner}/{path}"))).unwrap_or_default()
    }
}

fn read(context: &BuildContext, folder: &str) -> Option<Gitignore> {
    let text = context.read(&join(folder, ".gitignore"))?;
    let mut builder = GitignoreBuilder::new("");
    for line in String::from_utf8_lossy(&text).lines() {
        // A line that is malformed says nothing, as for git.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok()
}

/// Whether the rules exclude a path relative to their folder; none where they do not speak of it.
fn says(rules: &Gitignore, path: &str) -> Option<bool> {
    // Whether it would be a folder is not known.
    let found = [false, true].map(|is_folder| rules.matched_path_or_any_parents(path, is_folder));
    let is_ignored = found.iter().any(ignore::Match::is_ignore);
    (is_ignored || found.iter().any(ignore::Match::is_whitelist)).then_some(is_ignored)
}
