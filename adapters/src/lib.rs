//! What implements the ports: journals, OpenAI, X, secrets, clock, kept vectors; and the journal's portable forms.

pub mod archive;
pub mod clock;
pub mod http;
pub mod ids;
pub mod journal;
pub mod knowledge;
pub mod openai;
pub mod secrets;
pub mod x;
