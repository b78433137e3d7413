//! The checks of rules/best-practices.
