//! The checks of rules/init.
