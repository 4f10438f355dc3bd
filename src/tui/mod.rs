//! The workbench: an Elm loop over a terminal.
//!
//! `model` is what is shown, `msg` what can happen, `update` what follows,
//! `view` the frame; `pane` and `overlay` are parts of the frame, `layout` says
//! where they stand, `paint` puts them there in the roles of a `theme`.
//!
//! What a person can do is split by kind, a file or folder each with `about`
//! (does it), `able` (says why not), `verb` and `words` (the `:` line):
//! `asking` models and the wire, `travel` tries, trials, comparison and
//! breakpoints, `taking` seats, `editing`, `pointing` values, find and copy,
//! `finding`, `deciding`, `exporting`, `opening`, `looks`, `palette`; the other
//! screens in `screen`. What touches a disk is a `job`, done off the loop;
//! `memo` keeps what was read off a conversation, so that a frame does not grow
//! with it. `live` and `event` are all that knows a clock or a terminal.

pub mod able;
mod asking;
pub mod calls;
mod copying;
pub mod deciding;
pub mod editing;
pub mod event;
mod exporting;
mod external;
mod faulting;
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
mod then;
mod travel;
mod trying;
pub mod update;
pub mod view;
pub mod widget;

pub use start::{Options, run};
