//! Clara plans, writes, validates, gets approved and posts tweets.
