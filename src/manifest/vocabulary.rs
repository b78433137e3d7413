//! What bashbrew knows: the fields of an entry, the architectures, the builders.

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

/// The field that a name is most like: in another case, or a slip of the pen or two away.
pub fn nearest_field(name: &str) -> Option<String> {
    let by_architecture = ARCHITECTURES
        .iter()
        .flat_map(|architecture| FIELDS_BY_ARCHITECTURE.iter().map(move |field| format!("{architecture}-{field}")));
    nearest(name, FIELDS.iter().map(|field| (*field).to_owned()).chain(by_architecture))
}

/// The architecture that a name is most like, or that is called so elsewhere.
pub fn nearest_architecture(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let elsewhere =
        ELSEWHERE.iter().find(|(other, _)| *other == lower).map(|(_, architecture)| (*architecture).to_owned());
    elsewhere.or_else(|| nearest(name, ARCHITECTURES.iter().map(|architecture| (*architecture).to_owned())))
}

/// The builder that a name is most like, or that is called so elsewhere.
pub fn nearest_builder(name: &str) -> Option<String> {
    match name.to_ascii_lowercase().as_str() {
        "buildx" | "docker-buildkit" => Some("buildkit".to_owned()),
        "legacy" | "docker-classic" => Some("classic".to_owned()),
        "oci" => Some("oci-import".to_owned()),
        _ => nearest(name, BUILDERS.iter().map(|builder| (*builder).to_owned())),
    }
}

/// Architectures by the names that they have elsewhere.
const ELSEWHERE: [(&str, &str); 14] = [
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
    ("armhf", "arm32v7"),
    ("ppc64el", "ppc64le"),
    ("windows", "windows-amd64"),
];

fn nearest(name: &str, known: impl Iterator<Item = String>) -> Option<String> {
    let lower = name.to_lowercase();
    known
        .map(|known| (strsim::osa_distance(&lower, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= (known.len() / 4).clamp(1, 3))
        .min()
        .map(|(_, known)| known)
}
