//! What implements the ports: journals, OpenAI, X, secrets, clock.

pub mod http;
pub mod openai;
pub mod secrets;
pub mod x;
