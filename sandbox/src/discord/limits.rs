//! How much the bot may do: request buckets, the gateway's rhythm, how long a session can be resumed.
//! The defaults are generous, because a client that runs without its own limiter takes a 429 as final; [`DiscordLimits::real`] is as tight as the real service.
//! Buckets run on the monotonic clock, as they do for a real client; the world's time does not move them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

/// So many requests in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In what time.
    pub per: Duration,
}

impl Rate {
    /// `count` in `seconds`.
    #[must_use]
    pub const fn new(count: u32, seconds: u64) -> Self {
        Self {
            count,
            per: Duration::from_secs(seconds),
        }
    }
}

/// Everything about the simulator that can be made tighter or faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscordLimits {
    /// All requests with the bot token together.
    pub global: Rate,
    /// New messages, per channel; also what is sent with one interaction's token.
    pub create_message: Rate,
    /// Edits, per channel; also edits with one interaction's token.
    pub edit_message: Rate,
    /// Edits of messages older than an hour, per channel (code 30046).
    pub edit_old_message: Rate,
    /// Every other route.
    pub other: Rate,
    /// What HELLO asks for.
    pub heartbeat_interval: Duration,
    /// How long after a lost connection a session can be resumed.
    pub resume_window: Duration,
    /// How many events a session keeps for a RESUME.
    pub resume_events: usize,
    /// IDENTIFYs in the life of this process; one more resets the token (close 4004).
    pub identifies: u32,
    /// How long `enforce_nonce` remembers, in the world's time.
    pub nonce_window: Duration,
    /// How many older versions of a message are kept.
    pub older_versions: usize,
    /// How many interactions are kept; beyond, the oldest go, with the messages that only its person saw.
    pub interactions: usize,
}

impl Default for DiscordLimits {
    fn default() -> Self {
        let plenty = Rate::new(100_000, 1);
        Self {
            global: plenty,
            create_message: plenty,
            edit_message: plenty,
            edit_old_message: plenty,
            other: plenty,
            identifies: 100_000,
            ..Self::real()
        }
    }
}

impl DiscordLimits {
    /// Like the real service: 50 requests a second, 5 messages in 5 s in a channel, 1,000 IDENTIFYs a day.
    #[must_use]
    pub const fn real() -> Self {
        Self {
            global: Rate::new(50, 1),
            create_message: Rate::new(5, 5),
            edit_message: Rate::new(5, 5),
            edit_old_message: Rate::new(3, 60),
            other: Rate::new(10, 1),
            heartbeat_interval: Duration::from_millis(41_250),
            resume_window: Duration::from_secs(90),
            resume_events: 1_000,
            identifies: 1_000,
            nonce_window: Duration::from_secs(300),
            older_versions: usize::MAX,
            interactions: usize::MAX,
        }
    }
}

/// What is left in a bucket, for the `X-RateLimit-*` headers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    pub(super) bucket: String,
    pub(super) limit: u32,
    pub(super) remaining: u32,
    pub(super) reset_after: Duration,
}

impl Standing {
    /// The headers of the documentation's "Rate limits"; `reset` is in epoch seconds of the real clock, as the client's is.
    pub(super) fn headers(&self) -> [(&'static str, String); 5] {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let reset = (now + self.reset_after).as_secs_f64();
        [
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining.to_string()),
            ("x-ratelimit-reset", format!("{reset:.3}")),
            (
                "x-ratelimit-reset-after",
                format!("{:.3}", self.reset_after.as_secs_f64()),
            ),
            ("x-ratelimit-bucket", self.bucket.clone()),
        ]
    }
}

/// Fixed windows, one for each key.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    windows: BTreeMap<(&'static str, u64), Window>,
}

#[derive(Debug)]
struct Window {
    began: Instant,
    used: u32,
}

impl Buckets {
    /// Takes one from the bucket of `kind` for `subject` (a channel, an interaction, 0).
    ///
    /// # Errors
    /// The bucket is empty: the standing says for how long.
    pub(super) fn take(
        &mut self,
        kind: &'static str,
        subject: u64,
        rate: Rate,
        now: Instant,
    ) -> Result<Standing, Standing> {
        let window = self.windows.entry((kind, subject)).or_insert(Window {
            began: now,
            used: 0,
        });
        if now.duration_since(window.began) >= rate.per {
            *window = Window {
                began: now,
                used: 0,
            };
        }
        let allowed = window.used < rate.count;
        if allowed {
            window.used += 1;
        }
        let standing = Standing {
            bucket: opaque(kind),
            limit: rate.count,
            remaining: rate.count.saturating_sub(window.used),
            reset_after: rate.per.saturating_sub(now.duration_since(window.began)),
        };
        if allowed { Ok(standing) } else { Err(standing) }
    }
}

/// Real bucket names say nothing; neither do these.
fn opaque(kind: &str) -> String {
    let digest = Sha256::digest(kind.as_bytes());
    digest.iter().take(8).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_bucket_empties_by_subject_and_fills_again_at_its_reset() {
        let (mut buckets, start) = (Buckets::default(), Instant::now());
        let rate = Rate::new(2, 5);
        let mut take = |subject, after: u64| {
            buckets.take("create", subject, rate, start + Duration::from_secs(after))
        };
        assert_eq!(take(1, 0).unwrap().remaining, 1);
        assert_eq!(take(1, 1).unwrap().remaining, 0);
        assert_eq!(take(1, 2).unwrap_err().reset_after, Duration::from_secs(3));
        assert!(take(2, 2).is_ok());
        assert!(take(1, 5).is_ok());
    }
}
