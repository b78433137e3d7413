//! The checks of rules/multi-arch.
pub mod arch_from_uname;
pub mod automatic_platform_arg;
pub mod base_image_platform_flag;
pub mod hardcoded_architecture;
pub mod missing_arch_default;
pub mod single_arch_checksum;
pub mod unhandled_architecture;
