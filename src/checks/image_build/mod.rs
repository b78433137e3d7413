//! The checks of rules/image-build.
pub mod add_instead_of_copy;
pub mod checksum_from_same_origin;
pub mod download_piped_to_shell;
pub mod download_piped_to_tar;
pub mod gpg_key_from_url;
pub mod improper_gosu_install;
pub mod short_gpg_key;
pub mod unenforced_checksum;
pub mod unverified_download;
pub mod unverified_remote_add;
pub mod weak_checksum;
