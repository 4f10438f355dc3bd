//! The workbench: an Elm loop over a terminal.
//!
//! `model` is what is shown, `msg` what can happen, `update` what follows,
//! `view` the frame; `pane` and `overlay` are parts of the frame, `layout` says
//! where they stand, `paint` puts them there in the roles of a `theme`.

pub mod able;
mod asking;
pub mod calls;
pub mod event;
pub mod layout;
pub mod live;
mod looking;
pub mod model;
pub mod msg;
pub mod overlay;
pub mod paint;
pub mod pane;
pub mod start;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;

pub use start::{Options, run};
