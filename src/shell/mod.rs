//! RUN bodies and scripts as shell trees, and the commands in them as they are run.
//!
//! [`parse`] reads a text joined from the lines of an instruction, [`exec_form`] takes the words of the JSON form. Both
//! give a [`ast::List`] with all spans in the file. [`invocations`] lists the simple commands in it with what they stand
//! in, and [`read`] tells the options of one from its operands, behind `sudo` and the like.

pub mod ast;
pub mod commands;
mod compound;
mod lower;
mod scan;
mod scripts;
// The rows stay as packed as they are written.
#[rustfmt::skip]
pub mod table;
#[cfg(test)]
mod tests;
pub mod walk;
mod words;

pub use commands::{CommandLine, Opt, OptionValue, read};
pub use lower::{ShellError, exec_form, parse};
pub use walk::{Frame, Invocation, Substitution, invocations};
