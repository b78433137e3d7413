//! The checks of rules/image-build.
pub mod add_instead_of_copy;
pub mod apt_key;
pub mod curl_without_fail;
pub mod dead_keyserver;
pub mod disabled_package_signatures;
pub mod disabled_tls_verification;
pub mod download_piped_to_shell;
pub mod gpg_verify_without_file;
pub mod leftover_gpg_home;
pub mod lenient_checksum;
pub mod persistent_gpg_home;
pub mod short_gpg_key;
pub mod unneeded_package;
pub mod unpreferred_keyserver;
pub mod unsigned_apt_source;
