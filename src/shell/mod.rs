//! RUN bodies and scripts as shell trees, and the commands in them as they are run.

pub mod ast;
mod compound;
mod lower;
mod scan;
mod scripts;
mod words;

pub use lower::{ShellError, exec_form, parse};
