//! The workbench without a terminal: keys in, frames out.

mod harness;
mod hostile;
mod keys;
mod sizes;
