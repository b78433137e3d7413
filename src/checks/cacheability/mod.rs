//! The checks of rules/cacheability.
