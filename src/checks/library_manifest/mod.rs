//! The checks of rules/library-manifest.
pub mod library_global_tags;
pub mod library_insecure_repo;
pub mod library_invalid_commit;
pub mod library_invalid_fetch_ref;
pub mod library_invalid_maintainers;
pub mod library_invalid_name;
pub mod library_missing_field;
pub mod library_syntax;
pub mod library_unclean_directory;
pub mod library_unknown_builder;
pub mod library_unknown_field;
