//! The grounding check, measured: precision and recall per kind and family on
//! labelled records, and conversations per second.

fn main() {}
