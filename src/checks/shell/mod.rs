pub mod link_without_destination;
pub mod negation_without_effect;
