//! What bashbrew knows: the fields of an entry, the architectures, the builders.

use std::sync::LazyLock;

/// The fields of an entry (manifest/rfc2822.go, `Manifest2822Entry`).
pub const FIELDS: [&str; 11] = [
    "Maintainers",
    "Tags",
    "SharedTags",
    "Architectures",
    "GitRepo",
    "GitFetch",
    "GitCommit",
    "Directory",
    "File",
    "Builder",
    "Constraints",
];
/// Those of them that an architecture may have for itself, as in `arm64v8-Directory` (rfc2822.go, `SeedArchValues`).
pub const FIELDS_BY_ARCHITECTURE: [&str; 6] = ["GitRepo", "GitFetch", "GitCommit", "Directory", "File", "Builder"];
/// The architectures (architecture/oci-platform.go, `SupportedArches`).
pub const ARCHITECTURES: [&str; 11] = [
    "amd64",
    "arm32v5",
    "arm32v6",
    "arm32v7",
    "arm64v8",
    "i386",
    "mips64le",
    "ppc64le",
    "riscv64",
    "s390x",
    "windows-amd64",
];
/// The builders (cmd/bashbrew/cmd-build.go).
pub const BUILDERS: [&str; 3] = ["buildkit", "classic", "oci-import"];

/// The fields that are lists; all others stand on one line (rfc2822.go, `delim`).
const LISTS: [&str; 5] = ["Maintainers", "Tags", "SharedTags", "Architectures", "Constraints"];

/// Whether a field is a list, or unknown.
pub fn is_list(name: &str) -> bool {
    LISTS.contains(&name) || !is_field(name)
}

/// Whether bashbrew knows a field, in this very case.
pub fn is_field(name: &str) -> bool {
    FIELDS.contains(&name)
        || of_architecture(name).is_some_and(|(architecture, field)| {
            ARCHITECTURES.contains(&architecture) && FIELDS_BY_ARCHITECTURE.contains(&field)
        })
}

/// The architecture and the field of a name such as `arm64v8-Directory`; the architecture may have a dash itself.
pub fn of_architecture(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('-')
}

/// The field that a name is most like: in another case, or a slip of the pen or two away; the architecture may have the name
/// that it has elsewhere.
pub fn nearest_field(name: &str) -> Option<String> {
    static KNOWN: LazyLock<Vec<String>> = LazyLock::new(|| {
        let by_architecture = ARCHITECTURES
            .iter()
            .flat_map(|architecture| FIELDS_BY_ARCHITECTURE.iter().map(move |field| format!("{architecture}-{field}")));
        FIELDS.iter().map(|field| (*field).to_owned()).chain(by_architecture).collect()
    });
    if let Some((architecture, field)) = of_architecture(name)
        && let Some(architecture) = elsewhere(&architecture.to_ascii_lowercase())
        && let Some(field) = nearest(field, FIELDS_BY_ARCHITECTURE.into_iter())
    {
        return Some(format!("{architecture}-{field}"));
    }
    nearest(name, KNOWN.iter().map(String::as_str))
}

/// The architecture that a name is most like, or that is called so elsewhere.
pub fn nearest_architecture(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let name = lower.strip_prefix(PLATFORM).unwrap_or(&lower);
    elsewhere(name).map(str::to_owned).or_else(|| nearest(name, ARCHITECTURES.into_iter()))
}

/// The architecture that is called so elsewhere.
fn elsewhere(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix(PLATFORM).unwrap_or(name);
    ELSEWHERE.iter().find(|(other, _)| *other == name).map(|(_, architecture)| *architecture)
}

/// As in `linux/arm64`.
const PLATFORM: &str = "linux/";

/// The builder that a name is most like, or that is called so elsewhere.
pub fn nearest_builder(name: &str) -> Option<String> {
    match name.to_ascii_lowercase().as_str() {
        "buildx" | "docker-buildkit" => Some("buildkit".to_owned()),
        "legacy" | "docker-classic" => Some("classic".to_owned()),
        "oci" => Some("oci-import".to_owned()),
        _ => nearest(name, BUILDERS.into_iter()),
    }
}

/// Architectures by the names that they have elsewhere.
const ELSEWHERE: [(&str, &str); 21] = [
    ("arm64", "arm64v8"),
    ("aarch64", "arm64v8"),
    ("arm64/v8", "arm64v8"),
    ("x86_64", "amd64"),
    ("x86-64", "amd64"),
    ("x64", "amd64"),
    ("386", "i386"),
    ("x86", "i386"),
    ("armv5", "arm32v5"),
    ("armv6", "arm32v6"),
    ("armv7", "arm32v7"),
    ("arm/v5", "arm32v5"),
    ("arm/v6", "arm32v6"),
    ("arm/v7", "arm32v7"),
    ("armel", "arm32v5"),
    ("armv7l", "arm32v7"),
    ("armv8", "arm64v8"),
    ("armhf", "arm32v7"),
    ("ppc64el", "ppc64le"),
    ("windows", "windows-amd64"),
    ("windows/amd64", "windows-amd64"),
];

/// The one that is nearest; none where two are as near, since `arm32v8` may be any of three.
fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let lower = name.to_lowercase();
    let length = lower.chars().count();
    let mut near: Vec<(usize, &str)> = known
        .filter_map(|known| {
            let allowed = (known.len() / 4).clamp(1, 3);
            // What differs more in length alone need not be compared.
            let is_close = known.len().abs_diff(length) <= allowed;
            let distance = is_close.then(|| strsim::osa_distance(&lower, &known.to_ascii_lowercase()))?;
            (distance <= allowed).then_some((distance, known))
        })
        .collect();
    near.sort_unstable();
    let is_tie = matches!(near.as_slice(), [first, second, ..] if first.0 == second.0);
    near.first().filter(|_| !is_tie).map(|(_, known)| (*known).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names() {
        for (name, expected) in [
            ("arm64", Some("arm64v8")),
            ("linux/arm/v7", Some("arm32v7")),
            ("linux/amd64", Some("amd64")),
            ("AMD64", Some("amd64")),
            ("amd46", Some("amd64")),
            ("mips64el", Some("mips64le")),
            ("arm32v8", None),
            ("sparc", None),
        ] {
            assert_eq!(nearest_architecture(name).as_deref(), expected, "{name}");
        }
        for (name, expected) in [
            ("tags", Some("Tags")),
            ("Architecture", Some("Architectures")),
            ("arm64v8-directory", Some("arm64v8-Directory")),
            ("arm64-Directory", Some("arm64v8-Directory")),
            ("x86-64-gitcommit", Some("amd64-GitCommit")),
            ("arm64-Homepage", None),
            ("arm32v8-Directory", None),
            ("Homepage", None),
        ] {
            assert_eq!(nearest_field(name).as_deref(), expected, "{name}");
        }
    }
}
