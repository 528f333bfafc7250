//! What implements the ports: journals, OpenAI, X, secrets, clock, kept vectors; the journal's portable forms; and the
//! files that people attach in Discord.

pub mod archive;
pub mod attachments;
pub mod clock;
pub mod http;
pub mod ids;
pub mod journal;
pub mod knowledge;
pub mod openai;
pub mod secrets;
pub mod x;
