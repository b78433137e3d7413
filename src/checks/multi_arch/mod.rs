//! The checks of rules/multi-arch.
pub mod arch_from_uname;
pub mod hardcoded_architecture;
pub mod single_arch_checksum;
