//! Every way in which an endpoint can misbehave, each with its notice and a safe state.
