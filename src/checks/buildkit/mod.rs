//! Build checks of BuildKit that no guideline asks for, with BuildKit's own semantics.
