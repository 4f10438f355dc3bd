//! The workbench: an Elm loop over a terminal.
//!
//! `model` is what is shown, `msg` what can happen, `update` what follows,
//! `view` the frame; `pane` and `overlay` are parts of the frame, `layout` says
//! where they stand, `paint` puts them there in the roles of a `theme`.

pub mod able;
mod asking;
pub mod calls;
mod copying;
pub mod deciding;
pub mod editing;
pub mod event;
mod exporting;
mod external;
mod finding;
pub mod fuzzy;
pub mod job;
pub mod layout;
pub mod live;
mod looking;
mod looks;
pub mod memo;
pub mod model;
mod mouse;
pub mod msg;
pub mod opening;
pub mod overlay;
pub mod paint;
mod palette;
pub mod pane;
pub mod pointing;
pub mod screen;
pub mod start;
mod taking;
pub mod terminal;
pub mod theme;
mod travel;
pub mod update;
pub mod view;
pub mod widget;

pub use start::{Options, run};
