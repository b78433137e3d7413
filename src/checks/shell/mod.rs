pub mod negation_without_effect;
