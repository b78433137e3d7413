//! The packages beside the crate are of its version.
#![allow(clippy::unwrap_used)]

#[test]
fn npm_is_of_this_version() {
    let text = std::fs::read_to_string("npm/package.json").unwrap();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(package["description"], env!("CARGO_PKG_DESCRIPTION"));
}
