//! The engine: a pure function from inputs to effects. No IO, no clock, no
//! unseeded randomness, no panic on any input. It uses nothing else of ours.

pub mod effect;
pub mod event;
pub mod fault;
pub mod grounding;
pub mod halt;
pub mod id;
pub mod input;
pub mod persona;
pub mod problem;
pub mod rng;
pub mod role;
pub mod rules;
pub mod scenario;
pub mod score;
pub mod session;
pub mod step;
pub mod world;
