//! Platforms as `--platform` takes them.
//!
//! Follows `Parse` in github.com/containerd/platforms, for a build on linux/amd64.

/// A platform in its usual spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// The operating system.
    pub os: String,
    /// The architecture.
    pub architecture: String,
}

const SYSTEMS: [&str; 17] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

const ARCHITECTURES: [&str; 24] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "ppc64",
    "ppc64le",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

/// Reads `os`, `architecture`, `os/architecture` or `os/architecture/variant`; the system may have a version in parentheses.
pub fn parse(text: &str) -> Option<Platform> {
    let parts: Vec<&str> = text.splitn(4, '/').collect();
    let (first, rest) = parts.split_first()?;
    let is_word = |text: &&str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
    };
    let os = system(first)?;
    if !rest.iter().all(is_word) {
        return None;
    }
    match rest {
        [] if SYSTEMS.contains(&os.as_str()) => Some(Platform { os, architecture: "amd64".to_owned() }),
        [] => {
            let architecture = architecture(first);
            ARCHITECTURES.contains(&architecture.as_str()).then(|| Platform { os: "linux".to_owned(), architecture })
        }
        [name] | [name, _] => Some(Platform { os, architecture: architecture(name) }),
        _ => None,
    }
}

fn system(text: &str) -> Option<String> {
    let (name, version) = match text.split_once('(') {
        Some((name, version)) => (name, version.strip_suffix(')')?),
        None => (text, ""),
    };
    let is_version = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'%' | b'-' | b'+');
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !is_name || !version.bytes().all(is_version) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    Some(if name == "macos" { "darwin".to_owned() } else { name })
}

fn architecture(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    match text.as_str() {
        "i386" => "386".to_owned(),
        "x86_64" | "x86-64" => "amd64".to_owned(),
        "aarch64" => "arm64".to_owned(),
        "armhf" | "armel" => "arm".to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms() {
        for (text, expected) in [
            ("linux/amd64", Some(("linux", "amd64"))),
            ("LINUX/x86_64", Some(("linux", "amd64"))),
            ("linux/arm/v7", Some(("linux", "arm"))),
            ("macos", Some(("darwin", "amd64"))),
            ("aarch64", Some(("linux", "arm64"))),
            ("windows(10.0.17763)/amd64", Some(("windows", "amd64"))),
            ("plan10/x", Some(("plan10", "x"))),
            ("plan10", None),
            ("linux/", None),
            ("linux/arm/v7/x", None),
            ("*", None),
            ("", None),
        ] {
            let found = parse(text);
            let found = found.as_ref().map(|found| (found.os.as_str(), found.architecture.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
