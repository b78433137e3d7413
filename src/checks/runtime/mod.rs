//! The checks of rules/runtime.
pub mod change_after_volume;
pub mod implicit_user_id;
pub mod invalid_expose;
pub mod late_user;
pub mod non_system_user;
pub mod privileged_build;
pub mod relative_copy_destination;
pub mod relative_workdir;
pub mod root_service;
pub mod su_instead_of_gosu;
pub mod sudo;
pub mod user_switching;
pub mod world_writable;
