//! Lines and stanzas of apt's lists of package sources: sources.list(5).

use std::ops::Range;

use super::written::is_unknown;

/// Where the lists are.
const LIST: &str = "/etc/apt/sources.list";

/// A package source as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AptSource<'t> {
    /// The options with their values: those in brackets, or the fields of a stanza.
    pub options: Vec<(&'t str, &'t str)>,
    /// Whether there may be options that cannot be known.
    pub is_open: bool,
    is_source_code: bool,
    /// Where the packages are.
    pub uri: &'t str,
    /// The release and its components.
    pub suite: Vec<&'t str>,
    /// Where it stands in the text: from `deb` to the URI, or the URI of a stanza.
    pub range: Range<usize>,
}

impl AptSource<'_> {
    /// The value of an option, whatever its case.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|&(_, value)| value)
    }

    /// Whether it is for source code alone.
    pub fn is_source_code(&self) -> bool {
        self.is_source_code
    }

    /// Whether it is a directory of the image.
    pub fn is_local(&self) -> bool {
        ["file:", "copy:", "cdrom:", "/"].iter().any(|scheme| self.uri.starts_with(scheme))
    }
}

/// Whether a path is one of the lists.
pub fn is_list(path: &str) -> bool {
    path.contains(LIST)
}

/// The sources in a text.
pub fn sources(text: &str) -> Vec<AptSource<'_>> {
    let mut sources = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        sources.extend(one_line(line, at));
        at += line.len() + 1;
    }
    sources.extend(stanzas(text));
    sources
}

/// `deb [ options ] uri suite component...`
fn one_line(line: &str, at: usize) -> Option<AptSource<'_>> {
    let body = line.trim_start();
    let start = at + (line.len() - body.len());
    let source_code = body.strip_prefix("deb-src");
    let rest = source_code.or_else(|| body.strip_prefix("deb"))?;
    if !rest.starts_with([' ', '\t', '[']) {
        return None;
    }
    let rest = rest.trim_start();
    let (inside, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let options: Vec<(&str, &str)> = inside.split_whitespace().filter_map(|option| option.split_once('=')).collect();
    let is_open = inside.split_whitespace().any(|option| !option.contains('=') && option.contains(is_unknown));
    let mut words = rest.split_whitespace();
    let uri = words.next()?;
    let end = at + line.len() - rest.len() + rest.find(uri)? + uri.len();
    let is_source_code = source_code.is_some();
    Some(AptSource { options, is_open, is_source_code, uri, suite: words.collect(), range: start..end })
}

/// Stanzas of `Field: value` lines, ended by a blank line.
fn stanzas(text: &str) -> Vec<AptSource<'_>> {
    let mut found = Vec::new();
    let mut fields: Vec<(&str, &str)> = Vec::new();
    let mut uris = 0..0;
    let mut is_open = false;
    let mut at = 0;
    for line in text.split('\n').chain([""]) {
        if let Some((field, value)) = line.split_once(':').filter(|(field, _)| !field.contains([' ', '\t', '/', '#'])) {
            if field.eq_ignore_ascii_case("uris") {
                let value = value.trim();
                let offset = line.find(value).unwrap_or_default();
                uris = at + offset..at + offset + value.len();
            }
            fields.push((field, value.trim()));
        } else if line.trim().is_empty() {
            let value =
                |name: &str| fields.iter().find(|field| field.0.eq_ignore_ascii_case(name)).map(|field| field.1);
            if let (Some(_), Some(uri)) = (value("types"), value("uris").and_then(|uris| uris.split(' ').next())) {
                let suite = value("suites").into_iter().chain(value("components"));
                let suite = suite.flat_map(str::split_whitespace).collect();
                let is_source_code = value("types") == Some("deb-src");
                let (options, range) = (std::mem::take(&mut fields), uris.clone());
                found.push(AptSource { options, is_open, is_source_code, uri, suite, range });
            }
            fields.clear();
            is_open = false;
        } else {
            is_open |= line.starts_with(is_unknown);
        }
        at += line.len() + 1;
    }
    found
}

/// Options that turn the verification of signatures off by saying yes.
const UNCHECKED: [&str; 4] = ["trusted", "allow-insecure", "allow-weak", "allow-downgrade-to-insecure"];

/// Whether a source says that its packages need no signature.
pub fn is_unchecked(source: &AptSource<'_>) -> bool {
    UNCHECKED.iter().any(|name| source.option(name).is_some_and(super::settings::is_on))
}

/// The options `[trusted=yes]` and the like in a text, with their places; those of local sources left out. A part of a line,
/// as `sed` puts it there, is taken as it is.
pub fn unchecked_options(text: &str, is_part: bool) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        let source = one_line(line, at);
        let is_wanted = source.as_ref().map_or(is_part, |source| !source.is_local());
        let inside = line.split_once('[').and_then(|(before, rest)| Some((before.len() + 1, rest.split_once(']')?.0)));
        if let Some((from, inside)) = inside.filter(|_| is_wanted) {
            let is_bad = |option: &&str| {
                option.split_once('=').is_some_and(|(name, value)| {
                    UNCHECKED.iter().any(|known| name.eq_ignore_ascii_case(known)) && super::settings::is_on(value)
                })
            };
            let option = inside.split_whitespace().find(is_bad);
            found.extend(option.and_then(|option| Some((at + from + inside.find(option)?, option))));
        }
        at += line.len() + 1;
    }
    found
}

/// Whether a source is somebody's own, on the network, and takes any key that apt trusts.
pub fn is_unsigned(source: &AptSource<'_>) -> bool {
    // A host that is not known may be a mirror of the distribution.
    let host = source.uri.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    host.is_some_and(|host| !host.is_empty() && !host.contains(is_unknown))
        && !source.is_open
        && !source.is_local()
        && source.option("signed-by").is_none()
        // Sources without any signature have a rule of their own.
        && !is_unchecked(source)
        && !is_distribution(source)
}

/// Names of the host's parts that say nothing of whose packages it has.
const GENERIC: [&str; 12] =
    ["apt", "deb", "packages", "repo", "download", "downloads", "dl", "www", "com", "org", "io", "net"];

/// A name for the keyring of a source: `docker` for `https://download.docker.com/linux/debian`.
pub fn keyring_name(url: &str) -> Option<&str> {
    let host = url.split_once("://")?.1.split(['/', ':']).next()?;
    let labels: Vec<&str> = host.split('.').collect();
    let (_, owner) = labels.split_last()?;
    let name = owner.iter().rev().find(|label| !GENERIC.contains(label) && label.len() > 2)?;
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-').then_some(*name)
}

/// Domains of distributions, whose keys their images have.
const DISTRIBUTIONS: [&str; 13] = [
    "debian.org",
    "debian.net",
    "ubuntu.com",
    "canonical.com",
    "raspbian.org",
    "raspberrypi.org",
    "raspberrypi.com",
    "kali.org",
    "linuxmint.com",
    "devuan.org",
    "deepin.com",
    "pureos.net",
    "freexian.com",
];
/// Directories in which mirrors keep distributions.
const TREES: [&str; 12] = [
    "debian",
    "ubuntu",
    "debian-security",
    "debian-archive",
    "ubuntu-ports",
    "ubuntu-archive",
    "ubuntu-old-releases",
    "debian-lts",
    "raspbian",
    "kali",
    "debian-backports",
    "debian-ports",
];

/// Whether a host is a distribution's own, whose packages its own key signs.
pub fn is_distribution_host(host: &str) -> bool {
    let is_of = |domain: &&str| host == *domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    DISTRIBUTIONS.iter().any(is_of)
}

/// Whether a source is a distribution's own archive, or a mirror of it.
pub fn is_distribution(source: &AptSource<'_>) -> bool {
    let Some((_, rest)) = source.uri.split_once("://") else { return false };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.split(':').next().unwrap_or_default();
    // ppa.launchpadcontent.net is not of the distribution, nor is what others keep at esm.ubuntu.com.
    if is_distribution_host(host) {
        return true;
    }
    let path = path.trim_matches('/');
    let in_tree = path.split('/').any(|part| TREES.contains(&part));
    let is_mirror =
        ["mirror", "ftp", "archive", "nexus", "artifactory", "proxy"].iter().any(|name| host.contains(name));
    let of_distribution = |part: &&str| {
        ["-updates", "-security", "-backports", "-proposed"].iter().any(|end| part.ends_with(end))
            || matches!(*part, "universe" | "multiverse" | "restricted" | "non-free" | "non-free-firmware")
    };
    in_tree && (is_mirror || TREES.contains(&path) && source.suite.iter().any(of_distribution))
        || is_mirror && source.suite.iter().any(of_distribution)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_stanzas() {
        let text = "deb [arch=amd64 signed-by=/k.asc] https://a.example.org/x stable main\n#deb x\n  deb-src http://b.org/ ./\n\
            Types: deb\nURIs: https://c.org\nSuites: trixie\nSigned-By: /k\n";
        let found = sources(text);
        let shown: Vec<(&str, Option<&str>, &str)> = found
            .iter()
            .map(|source| (source.uri, source.option("signed-by"), text.get(source.range.clone()).unwrap()))
            .collect();
        let first = "deb [arch=amd64 signed-by=/k.asc] https://a.example.org/x";
        assert_eq!(
            shown,
            [
                ("https://a.example.org/x", Some("/k.asc"), first),
                ("http://b.org/", None, "deb-src http://b.org/"),
                ("https://c.org", Some("/k"), "https://c.org"),
            ]
        );
    }

    #[test]
    fn archives_of_distributions() {
        for (line, expected) in [
            ("deb http://deb.debian.org/debian trixie main", true),
            ("deb http://mirrors.aliyun.com/ubuntu/ jammy main", true),
            ("deb http://example.edu/ubuntu jammy-updates main", true),
            ("deb https://download.docker.com/linux/ubuntu jammy stable", false),
            ("deb https://pkg.jenkins.io/debian binary/", false),
            ("deb http://ppa.launchpad.net/a/b/ubuntu jammy main", false),
        ] {
            let found = sources(line);
            assert_eq!(found.first().map(is_distribution), Some(expected), "{line}");
        }
    }

    #[test]
    fn keyrings() {
        for (url, expected) in [
            ("https://download.docker.com/linux/debian", Some("docker")),
            ("https://packages.cloud.google.com/apt", Some("google")),
            ("https://apt.example.co.uk/x", Some("example")),
            ("docker", None),
        ] {
            assert_eq!(keyring_name(url), expected, "{url}");
        }
    }
}
