//! The checks of rules/library-manifest.
pub mod library_ci_tag;
pub mod library_conflicting_shared_tags;
pub mod library_duplicate_tag;
pub mod library_invalid_tag;
pub mod library_latest_in_tag;
pub mod library_mergeable_entries;
pub mod library_missing_alias;
pub mod library_missing_latest;
pub mod library_syntax;
pub mod library_unknown_architecture;
pub mod library_unknown_field;
pub mod library_unlisted_architecture_field;
