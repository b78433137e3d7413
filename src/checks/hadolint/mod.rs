//! Rules of hadolint that no guideline asks for, or that ask for something else than the guideline does.
