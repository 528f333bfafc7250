//! What implements the ports: journals, OpenAI, X, secrets, clock.

pub mod clock;
pub mod http;
pub mod ids;
pub mod journal;
pub mod openai;
pub mod secrets;
pub mod x;
