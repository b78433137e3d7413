//! What a URL tells: where it leads, whether that changes, whether it is asked for a version.

use super::text::PartialText;
use super::versions;

/// Endings of archives, the longer first.
const ARCHIVES: [&str; 16] = [
    ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".tgz", ".txz", ".tbz2", ".zip", ".tar", ".gz", ".7z", ".deb",
    ".rpm", ".phar", ".jar", ".git",
];
/// Segments of forges behind which a branch, tag or commit stands.
const BEFORE_REVISION: [&str; 15] = [
    "raw",
    "archive",
    "tarball",
    "zipball",
    "zip",
    "tar.gz",
    "legacy.tar.gz",
    "legacy.zip",
    "get",
    "heads",
    "branch",
    "+archive",
    "blob",
    "artifacts",
    "tree",
];
/// Schemes that go over the network in the clear.
const CLEAR: [&str; 3] = ["http://", "ftp://", "git://"];
/// Domains that a host without a scheme is told by.
const DOMAINS: [&str; 21] = [
    "com", "org", "net", "io", "dev", "me", "co", "app", "ai", "us", "uk", "de", "fr", "nl", "eu", "ru", "cn", "edu",
    "gov", "ly", "sh",
];
/// Hosts whose third segment is a branch, tag or commit.
const RAW_HOSTS: [&str; 3] = ["raw.githubusercontent.com", "rawgit.com", "cdn.rawgit.com"];
/// Names of branches.
const BRANCHES: [&str; 8] = ["master", "main", "head", "trunk", "develop", "devel", "dev", "gh-pages"];
/// Names of channels that are unlikely to be anything else in a path.
const CHANNELS: [&str; 14] = [
    "latest",
    "master",
    "main",
    "head",
    "nightly",
    "stable",
    "trunk",
    "develop",
    "snapshot",
    "snapshots",
    "current",
    "canary",
    "latest-stable",
    "latest-release",
];
/// The same within the name of a file.
const IN_NAMES: [&str; 4] = ["latest", "current", "nightly", "snapshot"];
/// Names that say `version` or the like: files and pages that are asked for one.
const TELLING: [&str; 17] = [
    "latest",
    "latest.txt",
    "stable.txt",
    "latest.json",
    "latest.yml",
    "version",
    "version.txt",
    "version.json",
    "versions",
    "versions.json",
    "index.json",
    "releases.json",
    "latest_release",
    "latest_version",
    "latest-version",
    "current-version",
    "maven-metadata.xml",
];

/// Why a URL leads to something else tomorrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moving {
    /// The segment, or the part of it, that does not name a version.
    pub name: String,
    /// Whether it is a branch.
    pub is_branch: bool,
}

/// The scheme in lower case, where it is known.
pub fn scheme(url: &PartialText) -> Option<String> {
    let (scheme, _) = url.known_prefix().split_once("://")?;
    (!scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+'))
        .then(|| scheme.to_ascii_lowercase())
}

/// The host as far as it is known, without user and port; none where the URL begins with what is not known.
pub fn host(url: &PartialText) -> Option<PartialText> {
    let rest = match scheme(url) {
        Some(scheme) => url.part(scheme.len() + 3..url.as_str().len()),
        None if url.known_prefix().is_empty() => return None,
        None => url.clone(),
    };
    let host = rest.before_first('/').before_first('?');
    let host = host.behind_last('@');
    Some(if host.as_str().starts_with('[') { host } else { host.before_first(':') })
}

/// The segments of the path, without query and fragment.
pub fn segments(url: &PartialText) -> Vec<PartialText> {
    let plain = url.before_first('#').before_first('?');
    let skipped = if scheme(url).is_some() { 3 } else { 1 };
    plain.split(|c| c == '/').into_iter().skip(skipped).collect()
}

/// Whether a host is this machine, the cloud's own service for machines, or a name without a domain.
pub fn is_local(host: &PartialText) -> bool {
    let text = host.as_str().to_ascii_lowercase();
    let is_private = |text: &str| {
        let mut numbers = text.split('.').map(str::parse::<u8>);
        let (first, second) = (numbers.next(), numbers.next());
        let is_address = numbers.all(|number| number.is_ok()) && text.split('.').count() == 4;
        is_address
            && matches!(
                (first, second),
                (Some(Ok(0 | 10 | 127)), _)
                    | (Some(Ok(192)), Some(Ok(168)))
                    | (Some(Ok(169)), Some(Ok(254)))
                    | (Some(Ok(172)), Some(Ok(16..=31)))
            )
    };
    let ending = [".localhost", ".local", ".internal", ".lan", ".localdomain", ".svc", ".home.arpa", ".test"];
    text.starts_with('[')
        || ending.iter().any(|ending| text.ends_with(ending))
        || is_private(&text)
        || host.known_str().is_some() && !text.contains('.')
}

/// The scheme of a URL that goes over the network in the clear: `http://`, also behind `git+`.
pub fn clear_scheme(url: &PartialText) -> Option<&'static str> {
    let plain = url.strip_prefix("git+").unwrap_or_else(|| url.clone());
    let prefix = plain.known_prefix().to_ascii_lowercase();
    let scheme = CLEAR.iter().find(|scheme| prefix.starts_with(**scheme))?;
    (!host(&plain).is_some_and(|host| is_local(&host))).then_some(*scheme)
}

/// The host of a URL without a scheme, which curl and wget take for one of http.
pub fn bare_host(url: &PartialText) -> Option<String> {
    let host = host(url).filter(|_| !url.as_str().contains("://"))?;
    let name = host.known_str().filter(|name| url.known_prefix().starts_with(name))?;
    let domain = name.rsplit_once('.')?.1;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let is_file = domain == "sh" && !url.as_str().contains('/');
    (is_name && !is_file && DOMAINS.contains(&domain)).then(|| name.to_owned())
}

/// Whether it leads to a key, a certificate, or the definition of a package repository: they are to be the newest.
pub fn is_key_or_repository(url: &PartialText) -> bool {
    let segments = segments(url);
    let Some(last) = segments.last() else { return false };
    let name = last.as_str().to_ascii_lowercase();
    let endings =
        [".asc", ".gpg", ".key", ".pub", ".pem", ".crt", ".cer", ".repo", ".list", ".sources", ".sig", ".gpg.key"];
    let is_package = [".rpm", ".deb", ".apk"].iter().any(|ending| name.ends_with(ending));
    let speaks = ["release", "repo", "keyring"].iter().any(|part| name.contains(part));
    endings.iter().any(|ending| name.ends_with(ending))
        || matches!(name.as_str(), "keys" | "gpg" | "key" | "pubkey" | "gpgkey")
        || is_package && speaks
        || segments.iter().any(|segment| matches!(segment.as_str(), "keys" | "keyrings"))
}

/// Whether what is not known of a text is the architecture or the platform, by its name.
fn is_platform(hole: &str) -> bool {
    let hole = hole.to_ascii_lowercase();
    ["arch", "uname", "platform", "machine", "targetos", "lsb_release", "codename", "distro", "suite", "%_arch"]
        .iter()
        .any(|part| hole.contains(part))
}

/// Why a URL leads to something else tomorrow, if it is certain that it does.
pub fn moving(url: &PartialText) -> Option<Moving> {
    let segments = segments(url);
    let is_raw = host(url).is_some_and(|host| RAW_HOSTS.contains(&host.as_str()));
    for (index, segment) in segments.iter().enumerate() {
        let Some(name) = segment.known_str().map(without_archive) else { continue };
        let before = index.checked_sub(1).and_then(|before| segments.get(before)?.known_str()).unwrap_or_default();
        let is_heads =
            before == "heads" && index > 1 && segments.get(index - 2).is_some_and(|two| two.as_str() == "refs");
        let is_place = BEFORE_REVISION.contains(&before) && index > 1 || is_raw && index == 2;
        let is_branch = BRANCHES.iter().any(|branch| name.eq_ignore_ascii_case(branch));
        if is_heads && !name.is_empty() || is_place && is_branch {
            return Some(Moving { name: name.to_owned(), is_branch: true });
        }
    }
    if let Some(name) = in_query(url) {
        return Some(Moving { name, is_branch: true });
    }
    let (_, query) = url.as_str().split_once('?').unwrap_or_default();
    let product = query.split(['&', '=', ';']).flat_map(words).find(|word| is_in_name(word));
    if let Some(name) = product.filter(|_| url.known_str().is_some() && !versions::tells_version(query)) {
        return Some(Moving { name: name.to_owned(), is_branch: false });
    }
    let may_tell = |segment: &PartialText| {
        segment.unknown_parts().any(|hole| !is_platform(hole))
            || segment.known_parts().iter().any(|part| versions::tells_version(part))
    };
    if url.unknown_parts().any(|hole| !is_platform(hole)) && segments.iter().any(may_tell) {
        return None;
    }
    let last = segments.len().saturating_sub(1);
    let (index, name) = segments.iter().enumerate().find_map(|(index, segment)| {
        let whole = segment.known_str().map(without_archive).filter(|name| is_channel(name));
        let whole =
            whole.filter(|name| index < last || *name != "main" && *name != "master" || segment.as_str() != *name);
        // `pool/main` is a component of a Debian archive.
        let before = index.checked_sub(1).and_then(|before| segments.get(before)?.known_str()).unwrap_or_default();
        let whole = whole.filter(|_| before != "pool");
        let part = || segment.known_parts().into_iter().flat_map(words).find(|word| is_in_name(word));
        let name = whole.or_else(|| if index == last { part() } else { None })?;
        Some((index, name.to_owned()))
    })?;
    let others = segments.iter().enumerate().filter(|(other, _)| *other != index || index == last);
    if others.map(|(_, segment)| segment).any(may_tell) {
        return None;
    }
    Some(Moving { is_branch: BRANCHES.iter().any(|branch| name.eq_ignore_ascii_case(branch)), name })
}

/// `?ref=master`, `?h=main`
fn in_query(url: &PartialText) -> Option<String> {
    let (_, query) = url.known_str()?.split_once('?')?;
    let pairs = query.split(['&', ';']).filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(key, _)| ["ref", "h", "hb", "branch", "id", "at"].contains(key));
    let (_, value) = named.find(|(_, value)| {
        BRANCHES.iter().any(|branch| value.eq_ignore_ascii_case(branch)) || value.starts_with("refs/heads/")
    })?;
    Some(value.to_owned())
}

fn is_channel(name: &str) -> bool {
    CHANNELS.iter().any(|channel| name.eq_ignore_ascii_case(channel))
}

fn is_in_name(word: &str) -> bool {
    IN_NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(['-', '_', '.', '+'])
}

fn without_archive(name: &str) -> &str {
    ARCHIVES.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// Whether it is an interface that is asked for versions, whatever is done with its answer: that of a forge or a registry.
pub fn lists_versions(url: &PartialText) -> bool {
    let Some(host) = host(url) else { return false };
    let segments = segments(url);
    let at = |index: usize| segments.get(index).map_or("", PartialText::as_str);
    let plain: Vec<&str> = segments.iter().map(PartialText::as_str).filter(|segment| !segment.is_empty()).collect();
    match host.as_str() {
        "api.github.com" => match at(3) {
            "releases" => matches!(at(4), "" | "latest"),
            "tags" | "branches" => true,
            "commits" => !versions::is_commit(at(4)),
            _ => false,
        },
        "github.com" | "www.github.com" => {
            matches!(plain.get(2..), Some(["releases" | "tags"] | ["releases", "latest"]))
        }
        "registry.npmjs.org" => !plain.contains(&"-"),
        "pypi.org" | "pypi.python.org" => {
            plain.first() == Some(&"pypi") && plain.last() == Some(&"json") && plain.len() == 3
        }
        "crates.io" => plain.last() != Some(&"download"),
        "rubygems.org" => plain.first() == Some(&"api"),
        "proxy.golang.org" => matches!(plain.last(), Some(&("@latest" | "list"))),
        "formulae.brew.sh" | "endoflife.date" | "hub.docker.com" => true,
        "go.dev" | "golang.org" => plain.last() == Some(&"VERSION"),
        _ => plain.contains(&"v4") && matches!(plain.last(), Some(&("releases" | "tags"))),
    }
}

/// Whether its name says that it tells a version.
pub fn tells_versions(url: &PartialText) -> bool {
    let segments = segments(url);
    let Some(last) = segments.iter().rev().find(|segment| !segment.is_empty()) else { return false };
    let name = last.as_str().to_ascii_lowercase();
    TELLING.contains(&name.as_str()) || name.starts_with("latest_release") || name.starts_with("latest_version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves() {
        for (url, expected) in [
            ("https://h/latest/x.tgz", "latest"),
            ("https://h/o/r/releases/latest/download/x-linux-amd64", "latest"),
            ("https://h/latest.tar.gz", "latest"),
            ("https://h/app-latest-x86_64.sh", "latest"),
            ("https://h/app-stable_current_amd64.deb", "current"),
            ("https://github.com/o/r/archive/master.tar.gz", "master"),
            ("https://github.com/o/r/archive/refs/heads/release-2.zip", "release-2"),
            ("https://raw.githubusercontent.com/o/r/main/x/2.0/y.sh", "main"),
            ("https://raw.githubusercontent.com/o/r/v1.0/main/y.sh", ""),
            ("https://h/x.git/plain/y?h=master", "master"),
            ("https://h/?product=app-latest&os=linux64", "latest"),
            ("https://h/stable/x86_64/app-1.2.tgz", ""),
            ("https://h/latest-1.2/x.tgz", ""),
            ("https://h/download/v1/main.py", ""),
            ("https://h/sites/default/files/x.zip", ""),
            ("https://latest.example.org/x.tgz", ""),
        ] {
            let found = moving(&PartialText::known(url)).map(|moving| moving.name);
            assert_eq!(found.unwrap_or_default(), expected, "{url}");
        }
        let url = |hole: &str| PartialText::known("https://h/latest/x-").with(&PartialText::unknown(hole));
        assert!(moving(&url("$(dpkg --print-architecture)")).is_some() && moving(&url("${VERSION}")).is_none());
    }

    #[test]
    fn hosts() {
        for (url, host_name, local) in [
            ("http://localhost:80/x", "localhost", true),
            ("http://u:p@h.example.org:80/x", "h.example.org", false),
            ("http://127.0.0.1/x", "127.0.0.1", true),
            ("http://169.254.169.254/x", "169.254.169.254", true),
            ("http://[::1]:80/x", "[::1]:80", true),
            ("http://203.0.113.9/x", "203.0.113.9", false),
            ("example.org/x", "example.org", false),
        ] {
            let found = host(&PartialText::known(url)).unwrap();
            assert_eq!((found.as_str(), is_local(&found)), (host_name, local), "{url}");
        }
    }

    #[test]
    fn what_lists_versions() {
        for (url, expected) in [
            ("https://api.github.com/repos/o/r/releases/latest", true),
            ("https://api.github.com/repos/o/r/releases/tags/v1", false),
            ("https://api.github.com/repos/o/r/tarball/v1", false),
            ("https://github.com/o/r/releases/latest", true),
            ("https://github.com/o/r/releases/latest/download/x", false),
            ("https://registry.npmjs.org/x/latest", true),
            ("https://registry.npmjs.org/x/-/x-1.0.tgz", false),
            ("https://pypi.org/pypi/x/json", true),
            ("https://gitlab.com/api/v4/projects/1/releases", true),
        ] {
            assert_eq!(lists_versions(&PartialText::known(url)), expected, "{url}");
        }
    }
}
