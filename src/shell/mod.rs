//! RUN bodies and scripts as shell trees, and the commands in them as they are run.

pub mod ast;
