//! Signatures that are downloaded and that nothing compares with what they sign.

use crate::model::Model;
use crate::model::text::PartialText;

use super::{Action, FileEvent, FilePath, Means, Origin, Usage};

/// Endings of signatures.
const ENDINGS: [&str; 7] = [".asc", ".sig", ".sign", ".signature", ".minisig", ".sigstore.json", ".sigstore"];
/// Endings of what is signed. `x.asc` alone may as well be a key.
const SIGNED: [&str; 22] = [
    ".tgz", ".tar", ".gz", ".xz", ".bz2", ".zst", ".lz", ".zip", ".7z", ".deb", ".rpm", ".apk", ".jar", ".war", ".whl",
    ".phar", ".exe", ".msi", ".bin", ".run", ".iso", ".txt",
];
/// Commands that may read a signature, besides those that are known to verify one.
const READERS: [&str; 14] = [
    "gpg", "gpgv", "openssl", "cosign", "minisign", "signify", "gh", "sh", "python", "perl", "ruby", "php", "node",
    "apt-key",
];

/// So many downloads are looked at: what becomes of each takes a walk over all that follows.
const MAX_DOWNLOADS: usize = 256;

/// A signature that is downloaded and never used.
#[derive(Debug, Clone)]
pub struct UnusedSignature {
    /// Its download, an index into [`Model::files`].
    pub fetch: usize,
    /// The file that holds it.
    pub file: FilePath,
    /// The name of what it signs.
    pub signed: PartialText,
    /// The download of what it signs, an index into [`Model::files`].
    pub signed_fetch: Option<usize>,
}

/// A file that is downloaded, with its URL.
struct Download<'m> {
    index: usize,
    url: Option<&'m PartialText>,
    file: &'m FilePath,
}

impl Model<'_> {
    /// The signatures that are downloaded and that nothing verifies. Their downloads are told by them alone.
    pub fn unused_signatures(&self) -> Vec<UnusedSignature> {
        let events = self.files();
        let downloads: Vec<Download<'_>> =
            events.iter().enumerate().flat_map(|(index, event)| downloads(index, event)).collect();
        let mut unused: Vec<UnusedSignature> = Vec::new();
        for signature in downloads.iter().take(MAX_DOWNLOADS) {
            let (name, url) = (signature.file.name(), signature.url.map(plain));
            let ends = |text: &PartialText, ending: &str| text.strip_suffix(ending).is_some();
            let Some(ending) =
                ENDINGS.iter().find(|ending| ends(&name, ending) || url.as_ref().is_some_and(|url| ends(url, ending)))
            else {
                continue;
            };
            let stem = url.and_then(|url| url.strip_suffix(ending));
            let file_stem = name.strip_suffix(ending).map(|name| signature.file.parent().join(&name));
            let sibling = downloads.iter().find(|other| {
                other.index != signature.index && stem.is_some() && other.url.map(plain) == stem
                    || file_stem.as_ref() == Some(other.file)
            });
            let name = stem.as_ref().map_or(name, |stem| stem.behind_last('/'));
            if sibling.is_none() && !is_signed(&name) {
                continue;
            }
            let names: Vec<FilePath> = [Some(signature.file), file_stem.as_ref(), sibling.map(|other| other.file)]
                .into_iter()
                .flatten()
                .cloned()
                .collect();
            if !self.is_read(signature.index, signature.file, &names) {
                unused.push(UnusedSignature {
                    fetch: signature.index,
                    file: signature.file.clone(),
                    signed: sibling.map_or(name, |other| other.file.name()),
                    signed_fetch: sibling.map(|other| other.index),
                });
            }
        }
        unused
    }

    /// Whether something after the download verifies with the signature, or may do so.
    fn is_read(&self, fetch: usize, signature: &FilePath, names: &[FilePath]) -> bool {
        let events = self.files();
        let Some(step) = events.get(fetch).map(|event| event.step) else { return true };
        let copied = |path: &FilePath| {
            let of = |event: &FileEvent| matches!(&event.action, Action::Made { path: made, origin: Origin::Context } if path.lies_in(made));
            events.iter().any(of)
        };
        let by_event = events.iter().skip(fetch + 1).any(|event| match &event.action {
            Action::Verified(verification) => {
                let is_signature = match &verification.means {
                    Means::Signature => true,
                    // Verified in a way that is not known.
                    Means::Checksum(algorithm) => algorithm.is_empty(),
                };
                is_signature
                    && verification
                        .files
                        .as_ref()
                        .is_none_or(|files| files.iter().any(|file| names.iter().any(|name| name.may_share_name(file))))
            }
            Action::Used { path, usage: Usage::Executed } => copied(path),
            Action::Used { path, .. } => path.name() == signature.name(),
            Action::Moved { stage: None, from, .. } => from.may_be(signature) && from.known_str().is_none(),
            _ => false,
        });
        by_event || self.steps.iter().skip(step).any(|step| self.may_read(step.index, signature))
    }

    fn may_read(&self, step: usize, signature: &FilePath) -> bool {
        self.executions(step).iter().any(|execution| {
            let Some(line) = &execution.command.line else {
                return !execution.command.invocation.simple.words.is_empty();
            };
            let is_function = execution.calls.last().is_some_and(|call| std::ptr::eq(*call, execution.command));
            let reads = line.is_any(&READERS) || line.spec.is_none() && !is_quiet(&line.name);
            reads
                && !is_function
                && line.words.iter().skip(1).any(|word| {
                    self.partial_words(execution, word).iter().any(|text| {
                        text.behind_last('/').may_be(&signature.name())
                            || text.as_str().contains(signature.name().as_str())
                    })
                })
        })
    }
}

/// Commands that are in no table, and only look or leave.
fn is_quiet(name: &str) -> bool {
    matches!(name, "ls" | "test" | "[" | "export" | "exit" | "cd" | "stat" | "file" | "wc" | "head" | "tail" | "true")
}

fn downloads(index: usize, event: &FileEvent) -> Vec<Download<'_>> {
    let Some(fetch) = event.fetch() else { return Vec::new() };
    let files = fetch.files();
    // Where the numbers differ, a loop or a branch decides, and which belongs to which is not known.
    let url = |at: usize| if fetch.urls.len() == files.len() { fetch.urls.get(at) } else { None };
    files.iter().enumerate().map(|(at, file)| Download { index, url: url(at), file }).collect()
}

fn plain(url: &PartialText) -> PartialText {
    url.before_first('#').before_first('?')
}

fn is_signed(name: &PartialText) -> bool {
    let lower = name.as_str().to_ascii_lowercase();
    !lower.contains("key") && (SIGNED.iter().any(|ending| lower.ends_with(ending)) || lower.contains("sums"))
}
