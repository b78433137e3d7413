//! The checks of rules/library-manifest.
pub mod library_syntax;
pub mod library_unknown_field;
