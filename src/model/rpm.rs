//! The names of RPM packages.

/// Whether the name of an RPM package has a version: a dash and a digit, or a dash and a variable.
pub fn has_version(package: &str) -> bool {
    let mut parts = package.split('-').skip(1);
    parts.any(|part| part.starts_with(|c: char| c.is_ascii_digit() || c == '$'))
}
