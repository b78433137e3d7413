//! RUN bodies and scripts as shell trees, and the commands in them as they are run.
//!
//! [`parse`] reads a text joined from the lines of an instruction, [`exec_form`] takes the words of the JSON form. Both
//! give a [`ast::List`] with all spans in the file. [`invocations`] lists the simple commands in it with what they stand
//! in, and [`read`] tells the options of one from its operands, behind `sudo` and the like.

pub mod ast;
mod braces;
#[cfg_attr(not(feature = "shellcheck"), path = "no_builtin.rs")]
pub mod builtin;
pub mod commands;
mod compound;
mod groups;
mod kept;
pub mod lint;
mod lower;
pub mod program;
pub mod reader;
mod scan;
mod scripts;
mod shift;
mod unclosed;
// The rows stay as packed as they are written.
#[rustfmt::skip]
pub mod table;
#[cfg(test)]
mod tests;
pub mod walk;
mod words;

/// A shell of the Bourne family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Whatever `/bin/sh` is.
    Sh,
    /// Debian's dash.
    Dash,
    /// The ash of BusyBox, which Alpine has.
    Busybox,
    /// Bash.
    Bash,
    /// The Korn shell.
    Ksh,
    /// Z shell.
    Zsh,
}

impl Dialect {
    /// The dialect of a program by its name without a folder.
    pub fn of_program(name: &str) -> Option<Self> {
        match name {
            "sh" => Some(Self::Sh),
            "dash" => Some(Self::Dash),
            "ash" | "busybox" => Some(Self::Busybox),
            "bash" => Some(Self::Bash),
            "ksh" | "mksh" => Some(Self::Ksh),
            "zsh" => Some(Self::Zsh),
            _ => None,
        }
    }

    /// The first line of a script in it.
    pub const fn shebang(self) -> &'static str {
        match self {
            Self::Sh => "#!/bin/sh",
            Self::Dash => "#!/bin/dash",
            Self::Busybox => "#!/bin/busybox sh",
            Self::Bash => "#!/bin/bash",
            Self::Ksh => "#!/bin/ksh",
            Self::Zsh => "#!/bin/zsh",
        }
    }
}

pub use commands::{CommandLine, Opt, OptionValue, read, read_outside};
pub use lower::{ShellError, exec_form, parse};
pub use reader::ShellReader;
pub use walk::{Frame, Invocation, Substitution, invocations};
