//! What the command line and the workbench share: the table of actions, keys,
//! roles of colour, and text made safe. Plain data, no terminal.

pub mod action;
pub mod key;
pub mod keymap;
pub mod keys_file;
pub mod meaning;
pub mod text;
pub mod verb;

pub use action::{ACTIONS, Action, Place, Row, all_keys, readme_keys};
pub use key::{Code, Key};
pub use keymap::{Found, Keymap};
pub use meaning::Meaning;
pub use verb::{VERBS, Verb, VerbRow, Word};
