pub mod find_without_folder;
pub mod link_without_destination;
pub mod mode_of_last_folder;
pub mod negation_without_effect;
