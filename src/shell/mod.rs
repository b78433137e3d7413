//! RUN bodies and scripts as shell trees, and the commands in them as they are run.

pub mod ast;
mod compound;
mod lower;
mod scan;
mod scripts;
pub mod walk;
mod words;

pub use lower::{ShellError, exec_form, parse};
pub use walk::{Frame, Invocation, Substitution, invocations};
pub mod commands;
pub use commands::{CommandLine, Opt, read};
