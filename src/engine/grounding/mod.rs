//! Literals, where they come from, and claims of actions: found without a model.
