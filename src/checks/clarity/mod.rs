//! The checks of rules/clarity.
pub mod buildkit_only_syntax;
pub mod duplicate_package;
pub mod feature_beyond_builder;
pub mod interactive_install;
pub mod long_run_line;
pub mod manual_apt_cleanup;
pub mod missing_set_e;
pub mod mixed_separators;
pub mod opaque_build_script;
pub mod partial_set_eux;
pub mod recommended_packages;
pub mod redundant_apt_get_clean;
pub mod swallowed_failure;
pub mod uncommented_gpg_key;
pub mod unsorted_packages;
pub mod unsupported_dist_clean;
pub mod version_in_arg;
