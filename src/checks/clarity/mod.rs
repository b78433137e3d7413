//! The checks of rules/clarity.
