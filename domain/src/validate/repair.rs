//! Mechanical repairs of a text: what a person would mend without thinking, and nothing that changes what it says.
