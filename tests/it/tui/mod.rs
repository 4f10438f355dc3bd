//! The workbench without a terminal: keys in, frames out.

mod chain;
mod curate;
mod desk;
mod edit;
mod faults;
mod finding;
mod frames;
mod harness;
mod hostile;
mod keys;
mod looks;
mod marks;
mod models;
mod mouse;
mod opening;
mod palette;
mod point;
pub mod readme;
mod scenario;
mod sizes;
mod table;
mod taking;
mod then;
mod travel;
mod tries;
