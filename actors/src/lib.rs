//! What runs: engine, supervision, client actors, rate limiter, gateways, alerts, and the ports they need.
