//! Rules of hadolint that no guideline asks for, or that ask for something else than the guideline does.
pub mod cd_in_run;
pub mod pipe_without_pipefail;
pub mod unpinned_apk_package;
pub mod unpinned_apt_package;
