//! Which variables hold secrets, by name and value. The value never leaves this file.

/// Endings of a name's last part that speak of a secret.
const ENDINGS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PASSCODE",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "SECRETKEY",
    "ACCESSKEY",
    "PRIVATEKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "SSHPASS",
    "ROOTPASS",
    "USERPASS",
    "DBPASS",
];
/// Last parts that do so behind another part.
const LAST_PARTS: &[&str] = &["PASS", "PWD", "PW", "PASSWORT"];
/// What makes a `..._KEY` secret. `GPG_KEY` and its like are public.
const SECRET_KEYS: &[&str] = &[
    "ACCESS",
    "ACCOUNT",
    "ADMIN",
    "API",
    "APP",
    "AUTH",
    "COOKIE",
    "CRYPTO",
    "ENCRYPT",
    "ENCRYPTION",
    "HMAC",
    "JWT",
    "LICENSE",
    "MASTER",
    "PRIVATE",
    "SECRET",
    "SESSION",
    "STORAGE",
    "SUBSCRIPTION",
    "WEBHOOK",
];
/// Parts that follow without taking the secret away: `SECRET_KEY_BASE`, `PASSWORD_1`.
const TRAILERS: &[&str] =
    &["BASE", "DEFAULT", "DEV", "DEVELOPMENT", "PROD", "PRODUCTION", "TEST", "VALUE", "ROOT", "ADMIN"];
/// Parts that make it a switch, a number, or something public.
const HARMLESS: &[&str] = &[
    "ALLOW",
    "CHECK",
    "DISABLE",
    "EMPTY",
    "ENABLE",
    "EXPIRE",
    "GENERATE",
    "HAS",
    "HIDE",
    "IS",
    "MAX",
    "MIN",
    "NO",
    "NUM",
    "PUB",
    "PUBLIC",
    "PUBLISHABLE",
    "RANDOM",
    "REQUIRE",
    "RESET",
    "SHOW",
    "SKIP",
    "USE",
    "VALIDATE",
    "VERIFY",
];
/// What a value looks like that stands for one to come.
const PLACEHOLDERS: &[&str] = &[
    "dummy",
    "placeholder",
    "replace",
    "todo",
    "tbd",
    "fixme",
    "redacted",
    "not-a-real",
    "notreal",
    "fake",
    "your_",
    "your-",
    "yoursecret",
    "yourpassword",
    "yourtoken",
    "my_token_here",
    "_here",
    "-here",
    "set_me",
    "setme",
    "fill_me",
    "fillme",
    "insert_",
];
const NOTHING: &[&str] = &[
    "",
    "null",
    "none",
    "nil",
    "unset",
    "undefined",
    "n/a",
    "na",
    "-",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "enabled",
    "disabled",
    "auto",
    "file",
    "env",
    "vault",
    "empty",
    "default_value",
    "changeit_later",
];
/// Endings of file names.
const FILES: &[&str] = &[
    ".pem", ".key", ".crt", ".cer", ".json", ".txt", ".yml", ".yaml", ".p12", ".pfx", ".jks", ".pub", ".env", ".gpg",
    ".asc",
];
/// What issued tokens begin with, and how long they are at least.
const ISSUED: &[(&str, usize)] = &[
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("github_pat_", 40),
    ("glpat-", 26),
    ("xoxb-", 30),
    ("xoxp-", 30),
    ("sk_live_", 24),
    ("rk_live_", 24),
    ("npm_", 40),
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 39),
    ("SG.", 60),
    ("dckr_pat_", 30),
    ("hf_", 34),
    ("sk-ant-", 40),
    ("sk-proj-", 40),
];

/// The parts of a name in capitals: `DB_PASSWORD`, `db-password` and `dbPassword` alike.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut after_small = false;
    for c in name.chars() {
        let is_border = !c.is_ascii_alphanumeric();
        if is_border || after_small && c.is_ascii_uppercase() {
            parts.push(String::new());
        }
        if !is_border {
            parts.last_mut().into_iter().for_each(|part| part.push(c.to_ascii_uppercase()));
        }
        after_small = c.is_ascii_lowercase();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Whether a variable of this name holds a secret if it holds anything.
pub fn is_secret_name(name: &str) -> bool {
    let mut parts = parts(name);
    if parts.iter().any(|part| HARMLESS.contains(&part.as_str())) {
        return false;
    }
    while parts.len() > 1 && parts.last().is_some_and(|last| is_trailer(last)) {
        parts.pop();
    }
    let Some((last, before)) = parts.split_last() else { return false };
    ENDINGS.iter().any(|ending| last.ends_with(ending))
        || !before.is_empty() && LAST_PARTS.contains(&last.as_str()) && before.last().is_some_and(|part| part != "OLD")
        || last == "KEY" && before.last().is_some_and(|part| SECRET_KEYS.contains(&part.as_str()))
}

fn is_trailer(part: &str) -> bool {
    TRAILERS.contains(&part) || part.chars().all(|c| c.is_ascii_digit())
}

/// Whether this value of a variable with a secret name is one, and not a switch, a path, a fingerprint or a stand-in.
pub fn is_secret_value(name: &str, value: &str) -> bool {
    let small = value.trim().to_ascii_lowercase();
    let is_password = parts(name).last().is_some_and(|last| last.contains("PASS") || last == "PWD");
    let letters = || small.chars().filter(|c| !matches!(c, ' ' | ',' | ':' | '-'));
    let is_path = small.starts_with(['/', '~', '@', '%'])
        || small.starts_with("./")
        || small.starts_with("../")
        || FILES.iter().any(|ending| small.ends_with(ending))
        || small.get(1..3).is_some_and(|rest| rest == ":\\");
    let is_stand_in = NOTHING.contains(&small.as_str())
        // `API_KEY=api_key` stands for one; `PASSWORD=password` is one, if a bad one.
        || small == name.to_ascii_lowercase() && !value.chars().all(|c| c.is_ascii_lowercase())
        || small.starts_with('<') && small.ends_with('>')
        || small.starts_with('[') && small.ends_with(']')
        || small.starts_with("{{")
        || small.starts_with("${")
        || small.starts_with("__")
        || PLACEHOLDERS.iter().any(|word| small.contains(word))
        || small.chars().all(|c| matches!(c, 'x' | '*' | '.' | '-' | '_' | '?'));
    let is_number = !is_password && small.chars().all(|c| c.is_ascii_digit());
    // An OpenPGP fingerprint, or several, grouped or not.
    let is_fingerprint = !is_password
        && name.to_ascii_uppercase().contains("KEY")
        && letters().all(|c| c.is_ascii_hexdigit())
        && letters().count() % 40 == 0;
    let is_public =
        small.starts_with("ssh-") || small.starts_with("-----begin public") || small.starts_with("-----begin cert");
    let is_address = small.contains("://") && !has_password(value);
    !(is_path || is_stand_in || is_number || is_fingerprint || is_public || is_address)
}

/// Whether a value is a credential whatever its variable is called: a URL with a password, an issued token, a private key.
pub fn is_credential(value: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    has_password(value)
        || value.split(';').filter_map(|part| part.split_once('=')).any(|(key, password)| {
            // A connection string: `Server=db;User=app;Password=...`.
            value.contains(';')
                && matches!(key.trim().to_ascii_lowercase().as_str(), "password" | "pwd")
                && is_secret_value("PASSWORD", password)
        })
        || value.contains("-----BEGIN") && value.contains("PRIVATE KEY-----")
        || ISSUED
            .iter()
            .any(|&(prefix, len)| value.starts_with(prefix) && value.len() >= len && value.chars().all(is_word))
            && !value.contains("EXAMPLE")
}

/// `scheme://user:password@host`
fn has_password(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user_info, host)) = authority.rsplit_once('@') else { return false };
    let Some((_, password)) = user_info.split_once(':') else { return false };
    let is_scheme =
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme && !host.is_empty() && is_secret_value("PASSWORD", password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in [
            "PASSWORD",
            "DB_PASSWORD",
            "dbPassword",
            "MYSQL_ROOT_PASSWORD",
            "PGPASSWORD",
            "DB_PASS",
            "MYSQL_PWD",
            "API_KEY",
            "NPM_TOKEN",
            "authToken",
            "SECRET_KEY_BASE",
            "AWS_SECRET_ACCESS_KEY",
            "JWT_SECRET",
            "PASSWORD_1",
            "APIKEY",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "GPG_KEY",
            "GPG_KEYS",
            "KEY",
            "PASS",
            "PWD",
            "OLD_PWD",
            "PASSWORD_FILE",
            "TOKEN_URL",
            "MAX_TOKENS",
            "KEYSERVER",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "SECRET_NAME",
            "AWS_ACCESS_KEY_ID",
            "PUBLIC_KEY",
            "TOKENIZERS_PARALLELISM",
            "BYPASS",
            "API_KEY_HEADER",
            "COMPASS",
            "PGP_KEY_ID",
            "REQUIRE_PASSWORD",
            "PASSWORD_MIN_LENGTH",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn values() {
        for (name, value) in [
            ("PASSWORD", "123456"),
            ("PASSWORD", "changeme"),
            ("PASSWORD", "password"),
            ("TOKEN", "0123456789abcdef0123456789abcdef01234567"),
            ("API_KEY", "a1b2"),
            ("PASSWORD", "p:w"),
            ("SECRET", "base64:AbC="),
        ] {
            assert!(is_secret_value(name, value), "{name} {value}");
        }
        for (name, value) in [
            ("PASSWORD", ""),
            ("PASSWORD", "<password>"),
            ("TOKEN", "4096"),
            ("PASSWORD", "/run/secrets/password"),
            ("API_KEY", "0123456789ABCDEF0123456789ABCDEF01234567"),
            ("API_KEY", "your_api_key"),
            ("SECRET", "xxxx"),
            ("TOKEN", "https://example.org/token"),
            ("PASSWORD", "no"),
            ("SECRET_KEY", "SECRET_KEY"),
            ("API_KEY", "api_key"),
            ("SECRET_KEY", "server.pem"),
        ] {
            assert!(!is_secret_value(name, value), "{name} {value}");
        }
        for (value, expected) in [
            ("postgres://app:s3cret@db/app", true),
            ("redis://:s3cret@cache:6379", true),
            ("mysql://root:password@localhost/db", true),
            ("mysql://USER:PASSWORD@localhost/db", false),
            ("https://example.org", false),
            ("postgres://app@db/app", false),
            ("postgres://user:<password>@db", false),
            ("http://a/b:c@d", false),
            ("Server=db;User=app;Password=s3cret", true),
            ("Server=db;User=app;Password=", false),
        ] {
            assert_eq!(is_credential(value), expected, "{value}");
        }
    }
}
