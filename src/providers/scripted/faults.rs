//! What the stand-in's faults are made of. Which there are says the deck
//! (`engine::fault`).

pub use crate::engine::fault::Fault;
pub use crate::engine::fault::values::{is_id, mistyped, mistyped_but, otherwise};
