//! Properties of Dockerfiles that are sound: what is meant is read, however it is written, and is found fault with alike.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use oi_lint::diagnostic::Applicability;
use oi_lint::dockerfile;
use oi_lint::dockerfile::ast::Keyword;
use oi_lint::model::{Bodies, Model};
use oi_lint::rulebook::Subject;
use oi_lint::source::Source;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

mod generator;
mod invariants;

use generator::{Meant, Style};
use invariants::LINTERS;

/// Everybody tests the same files. `PROPTEST_RNG_SEED` and `PROPTEST_CASES` make others, and more.
const SEED: RngSeed = RngSeed::Fixed(20);

/// Rules that are about how a Dockerfile is written, and not about what it says.
const OF_STYLE: [&str; 2] = ["long-run-line", "unsorted-packages"];

/// The findings by rule and instruction.
fn findings(linter: usize, source: &Source) -> BTreeMap<(String, usize), usize> {
    let file = dockerfile::parse(source);
    let mut found = BTreeMap::new();
    for diagnostic in invariants::findings_are_sound(&LINTERS[linter], Subject::Dockerfile, source) {
        let instruction =
            file.instructions.partition_point(|instruction| instruction.span.start <= diagnostic.span.start);
        if !OF_STYLE.contains(&&*diagnostic.rule) {
            *found.entry((diagnostic.rule.clone(), instruction)).or_default() += 1;
        }
    }
    found
}

fn source(file: &[Meant], style: Style) -> Source {
    invariants::source(generator::render(file, style).as_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, rng_seed: SEED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_meant_is_read(file in generator::dockerfile(), style in generator::style()) {
        let source = source(&file, style);
        invariants::tokens_give_the_file_back(&source);
        let read = dockerfile::parse(&source);
        assert_eq!(read.errors, [], "{}", source.text());
        assert_eq!(read.instructions.len(), file.len(), "{}", source.text());
        for (instruction, meant) in read.instructions.iter().zip(&file) {
            meant.assert_read(instruction);
        }
    }

    #[test]
    fn commands_are_read(file in generator::dockerfile(), style in generator::style()) {
        let source = source(&file, style);
        invariants::shell_lies_in_the_file(&source);
        let read = dockerfile::parse(&source);
        let bodies = Bodies::of(&read);
        let model = Model::new(&source, &read, &bodies);
        for (step, meant) in model.steps.iter().filter(|step| step.trigger_of.is_none()).zip(&file) {
            // The other escape character is for Windows, whose commands are others.
            if step.keyword() == Keyword::Run && !style.backtick {
                prop_assert!(model.body(step).list().is_some(), "{meant:?} {:?}", model.body(step));
                let read = model.commands_of(step.index).len();
                prop_assert!(read == meant.commands, "{read} of {}: {meant:?}", meant.commands);
            }
        }
    }

    #[test]
    fn the_way_it_is_written_changes_no_finding(file in generator::dockerfile(), style in generator::style()) {
        for linter in 0..LINTERS.len() {
            let other = Style { backtick: false, lower_case: false, ..style };
            let (one, other) = (source(&file, Style::default()), source(&file, other));
            prop_assert_eq!(findings(linter, &one), findings(linter, &other), "{}\n---\n{}", one.text(), other.text());
        }
    }
}

proptest! {
    // Each case is linted many times over.
    #![proptest_config(ProptestConfig { cases: 30, rng_seed: SEED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fixes_do_no_harm(file in generator::dockerfile(), style in generator::style(), is_unsafe in any::<bool>()) {
        let most = if is_unsafe { Applicability::Unsafe } else { Applicability::Safe };
        for linter in LINTERS.iter() {
            let mended = invariants::fixes_do_no_harm(linter, Subject::Dockerfile, &source(&file, style), most);
            prop_assert!(mended.failures.is_empty(), "{:?}\n{}", mended.failures, generator::render(&file, style));
        }
    }
}
