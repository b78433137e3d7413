//! The checks of rules/image-build.
