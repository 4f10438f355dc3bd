//! A server of our own that answers as a test tells it to, byte by byte.
