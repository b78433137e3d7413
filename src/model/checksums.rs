//! Variables that hold checksums, by their names and values.

/// What the names of checksums hold.
const NAMES: [&str; 11] =
    ["sha256", "sha512", "sha384", "sha224", "sha1sum", "sha1", "md5", "checksum", "chksum", "b2sum", "blake2"];
/// What names of checksums hold too, but names of commits as well.
const VAGUE: [&str; 5] = ["sha", "sum", "hash", "digest", "shasum"];
/// Parts of the names of other things.
const OTHERS: [&str; 38] = [
    "url",
    "uri",
    "file",
    "files",
    "path",
    "dir",
    "algo",
    "algorithm",
    "type",
    "cmd",
    "command",
    "skip",
    "enable",
    "enabled",
    "verify",
    "name",
    "key",
    "keys",
    "version",
    "commit",
    "git",
    "rev",
    "revision",
    "ref",
    "vcs",
    "secret",
    "token",
    "salt",
    "password",
    "seed",
    "session",
    "id",
    "cert",
    "fingerprint",
    "gpg",
    "pgp",
    "mode",
    "format",
];
/// The algorithm of the checksum that a variable holds; none where it holds something else.
pub fn algorithm(name: &str, value: Option<&str>, needs_value: bool) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    if name.is_empty() || lower.split(['_', '-']).any(|part| OTHERS.contains(&part)) {
        return None;
    }
    let sum = value.map(|value| value.rsplit(':').next().unwrap_or_default().trim());
    let digits = sum.filter(|sum| sum.bytes().all(|byte| byte.is_ascii_hexdigit())).map_or(0, str::len);
    let is_named = NAMES.iter().any(|part| lower.contains(part));
    let is_vague = lower.split(['_', '-']).any(|part| VAGUE.contains(&part));
    let by_length = match digits {
        32 if is_named || is_vague => Some("md5"),
        40 if is_named => Some("sha1"),
        56 if is_named => Some("sha224"),
        64 => Some("sha256"),
        96 => Some("sha384"),
        128 => Some("sha512"),
        _ => None,
    };
    // A checksum that is given when the image is built.
    let open = is_named && !needs_value && sum.is_none_or(str::is_empty);
    by_length.or_else(|| {
        let named = NAMES.iter().take(4).find(|part| lower.contains(*part)).copied();
        open.then(|| named.unwrap_or("sha256"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values() {
        let (short, long) = ("0123456789abcdef0123456789abcdef01234567", "0123456789abcdef".repeat(4));
        for (name, value, expected) in [
            ("APP_SHA256", Some(long.as_str()), Some("sha256")),
            ("app_sum", Some(long.as_str()), Some("sha256")),
            ("EXPECTED", Some(long.as_str()), Some("sha256")),
            ("APP_SHA1", Some(short), Some("sha1")),
            ("APP_SHA512", None, Some("sha512")),
            ("APP_CHECKSUM", Some(""), Some("sha256")),
            ("APP_CHECKSUM", Some("true"), None),
            ("APP_SHA", Some(short), None),
            ("APP_COMMIT", Some(long.as_str()), None),
            ("SHA256_URL", None, None),
            ("EXPECTED", None, None),
        ] {
            assert_eq!(algorithm(name, value, false), expected, "{name} {value:?}");
        }
    }
}
