//! What URLs say of what they lead to.

use crate::model::text::PartialText;
use crate::model::urls;

use super::verify::COMPANIONS;

/// Words in the names of files that hold checksums or keys.
const SUMS_AND_KEYS: [&str; 6] = ["shasum", "sha256sum", "sha512sum", "checksum", "md5sum", "sha1sum"];

/// The name of the file that a URL leads to, without query and fragment.
pub fn file_name(url: &PartialText) -> PartialText {
    url.before_first('#').before_first('?').behind_last('/')
}

/// Whether it is served by the machine that builds, or by one that only its network knows.
pub fn is_local(url: &PartialText) -> bool {
    url.as_str().starts_with("file:") || urls::host(url).is_some_and(|host| urls::is_local(&host))
}

/// Whether it names a commit, so that what it leads to cannot change.
pub fn names_commit(url: &PartialText) -> bool {
    let is_commit = |word: &str| matches!(word.len(), 40 | 64) && word.chars().all(|c| c.is_ascii_hexdigit());
    let holds_commit = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["commit", "revision", "gitref", "git_ref", "git_sha", "gitsha"].iter().any(|part| name.contains(part))
    };
    url.known_parts().iter().any(|part| part.split(|c: char| !c.is_ascii_alphanumeric()).any(is_commit))
        || url.unknown_parts().any(holds_commit)
}

/// Whether a name is that of a signature, a checksum or a key that goes with another file.
pub fn is_companion(name: &PartialText) -> bool {
    let lower = name.as_str().to_ascii_lowercase();
    COMPANIONS.iter().any(|ending| lower.ends_with(ending))
        || SUMS_AND_KEYS.iter().any(|word| lower.contains(word))
        || [".key", ".pub", ".crt", ".cer"].iter().any(|ending| lower.ends_with(ending))
        || matches!(lower.as_str(), "keys" | "key" | "gpg" | "gpgkey" | "gpg-key")
}

/// Whether it leads to a release of gosu, for which there is a rule of its own.
pub fn is_gosu(url: &PartialText) -> bool {
    url.as_str().contains("github.com/tianon/gosu/releases/")
}

/// Whether a name is that of a list of package repositories.
pub fn is_repository_list(name: &PartialText) -> bool {
    [".list", ".repo", ".sources"].iter().any(|ending| name.as_str().ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let url = |text: &str| PartialText::known(text);
        assert!(names_commit(&url("https://h/0123456789abcdef0123456789abcdef01234567/x")));
        assert!(!names_commit(&url("https://h/v1.2.3/x")) && !names_commit(&url("https://h/0123456789abcdef/x")));
        assert!(names_commit(&url("https://h/").with(&PartialText::unknown("${X_COMMIT}"))));
        assert!(is_local(&url("http://localhost:8080/x")) && is_local(&url("http://[::1]/x")));
        assert!(!is_local(&url("https://localhost.example.org/x")));
        assert_eq!(file_name(&url("https://h/a/x.tgz?raw=true#top")).as_str(), "x.tgz");
        assert!(
            is_companion(&url("x.tgz.asc")) && is_companion(&url("SHASUMS256.txt")) && !is_companion(&url("x.tgz"))
        );
    }
}
