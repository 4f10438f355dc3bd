//! Chat completions and messages: what is sent, and what is read of what comes.
