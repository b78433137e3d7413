//! The checks of rules/image-build.
pub mod add_instead_of_copy;
pub mod download_piped_to_shell;
pub mod short_gpg_key;
pub mod unused_checksum;
pub mod unused_signature;
