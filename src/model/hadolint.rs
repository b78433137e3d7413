//! Comments that hadolint reads: `# hadolint ignore=...` and `# hadolint shell=...`.

use super::ShellKind;

/// What a comment tells hadolint, behind its name; `text` is what follows the `#`. It takes blanks anywhere, but nothing in
/// upper case and no second `#`.
pub fn pragma(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix("hadolint")?;
    rest.starts_with([' ', '\t']).then(|| rest.trim_start())
}

/// Whether a name is one that hadolint knows rules by: `DL3006`, `SC2046`.
pub fn is_code(name: &str) -> bool {
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    letters.len() < name.len() && !letters.is_empty() && letters.chars().all(|c| c.is_ascii_uppercase())
}

/// The codes that a comment silences; none for a comment that silences nothing.
pub fn ignored(text: &str) -> Option<Vec<&str>> {
    let pragma = pragma(text)?;
    let pragma = pragma.strip_prefix("global").map_or(pragma, str::trim_start);
    let names = pragma.strip_prefix("ignore")?.trim_start().strip_prefix('=')?.split('#').next()?;
    let codes: Vec<&str> =
        names.split(',').filter_map(|name| name.split_whitespace().next()).filter(|name| is_code(name)).collect();
    (!codes.is_empty()).then_some(codes)
}

/// The shell that a comment says the base image has, as in `# hadolint shell=powershell`; none where it names no shell.
pub(super) fn shell(text: &str) -> Option<ShellKind> {
    let shell = pragma(text)?.strip_prefix("shell")?.trim_start().strip_prefix('=')?;
    let mut words = shell.split('#').next()?.split_whitespace().peekable();
    let name = words.peek()?.rsplit(['/', '\\']).next()?;
    let is_windows = matches!(name.strip_suffix(".exe").unwrap_or(name), "powershell" | "pwsh" | "cmd");
    let kind = ShellKind::of_words(words);
    (is_windows || kind != ShellKind::Other).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells() {
        let bash = ShellKind::of_words(["bash"]);
        for (text, expected) in [
            ("hadolint shell=powershell", Some(ShellKind::Other)),
            ("hadolint\tshell = pwsh.exe # why", Some(ShellKind::Other)),
            ("hadolint shell=cmd because", Some(ShellKind::Other)),
            ("hadolint shell=bash", Some(bash)),
            ("hadolint shell=/bin/bash -o pipefail -c", Some(ShellKind::of_words(["bash", "-o", "pipefail"]))),
            ("hadolint shell=nonsense", None),
            ("hadolint shell=", None),
            ("hadolint Shell=powershell", None),
            ("Hadolint shell=powershell", None),
            ("# hadolint shell=powershell", None),
            ("hadolint:shell=powershell", None),
        ] {
            assert_eq!(shell(text), expected, "{text}");
        }
    }
}
