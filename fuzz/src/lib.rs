//! What the fuzz targets have in common: the properties of `tests/`, and a hook for panics.

#[path = "../../tests/invariants/mod.rs"]
pub mod invariants;

/// The shell parser's panics are caught where it is called, and are no findings of a fuzzer; libFuzzer's hook would end
/// the process at the panic itself. A panic that nobody catches still ends it.
pub fn let_caught_panics_pass() {
    std::panic::set_hook(Box::new(|info| {
        if !info.location().is_some_and(|place| place.file().contains("shuck-")) {
            eprintln!("{info}");
        }
    }));
}
