//! Dockerfiles: bytes in, lossless tree out, as BuildKit reads them.

pub mod ast;
