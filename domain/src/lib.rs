//! What a tweet, a client and a policy are: decide, evolve, effects.
