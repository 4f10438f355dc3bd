//! The workbench: an Elm loop over a terminal.

pub mod theme;
