//! What leaves for X, taken from a state whose intent to send has just been recorded.

use clara_domain::ids::{AttemptNo, Handle, SegmentNo, TweetId};
use clara_domain::{Client, TweetState};

use crate::ports::x::NewPost;

/// One segment on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outgoing {
    pub(super) handle: Handle,
    pub(super) attempt: AttemptNo,
    pub(super) segment: SegmentNo,
    pub(super) post: NewPost,
}

impl Outgoing {
    /// The segment that a client is sending of a tweet; none when it is not sending, or when what it would send is not
    /// what was approved.
    pub(super) fn of(client: &Client, tweet: TweetId) -> Option<Self> {
        let tweet = client.tweet(tweet)?;
        let TweetState::Posting {
            attempt,
            sending: true,
        } = tweet.state
        else {
            return None;
        };
        let content = &tweet.current()?.content;
        if tweet.approved != Some(content.hash()) {
            return None;
        }
        let segment = tweet.next_segment();
        let text = content.segments.get(segment.0 as usize)?;
        Some(Self {
            handle: client.settings.as_ref()?.handle.clone(),
            attempt,
            segment,
            post: NewPost {
                text: text.text.clone(),
                media: text.media.clone(),
                in_reply_to: tweet.posts.last().map(|post| post.id.clone()),
                reply_settings: content.reply_settings,
            },
        })
    }
}
