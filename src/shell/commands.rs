//! stub
use super::ast::{Simple, Word};
use crate::source::Span;
#[derive(Debug)]
pub struct OptVal {
    pub span: Span,
}
impl OptVal {
    pub fn text(&self) -> Option<&str> {
        None
    }
}
#[derive(Debug)]
pub struct Opt<'a> {
    pub name: &'a str,
    pub span: Span,
    pub value: Option<OptVal>,
}
#[derive(Debug)]
pub struct CommandLine<'a> {
    pub name: &'a str,
    pub name_word: &'a Word,
    pub wrappers: Vec<&'a Word>,
    pub subcommand: Option<&'a Word>,
    pub options: Vec<Opt<'a>>,
    pub operands: Vec<&'a Word>,
}
impl<'a> CommandLine<'a> {
    pub fn option(&self, _n: &str) -> Option<&Opt<'a>> {
        None
    }
    pub fn options_named(&self, _n: &str) -> std::slice::Iter<'_, Opt<'a>> {
        self.options.iter()
    }
}
pub fn read<'a>(_s: &'a Simple) -> Option<CommandLine<'a>> {
    None
}
