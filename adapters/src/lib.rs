//! What implements the ports: journals, OpenAI, X, secrets, clock.
