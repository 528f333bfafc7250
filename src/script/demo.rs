//! An agency's morning: three clients in three time zones, twelve tweets, and the people who look after them.
//!
//! What should come of it is stated here and compared with what the engine, the timelines and the cards show.

use std::fmt::Write as _;

use clara_domain::ids::ClientId;
use clara_domain::{Client, Tweet, TweetState};
use clara_sandbox::World;

use super::bills;
use super::people::PROMPT;
use super::report::{Facts, TweetFacts};
use super::story::{Order, Plot, Story, texts};
use crate::sandbox::RunningSandbox;

/// The twelve tweets.
pub(super) fn stories() -> Vec<Story> {
    let story = |client: &str, brief, order, plot| Story {
        client: ClientId::new(client).expect("the demo's client ids are slugs"),
        brief,
        order,
        plot,
    };
    use Order::{NextFree, Plan, Thread};
    use Plot::{Approve, Cancel, Edit, Regenerate, Reject};
    vec![
        story(
            "harbour",
            "the new oat roast arrives on Friday",
            Plan("tomorrow 08:30"),
            Approve,
        ),
        story(
            "harbour",
            "two seats by the window are always free before eight",
            Plan("tomorrow 10:00"),
            Edit("Before eight the window seats are yours. After eight they are everyone's."),
        ),
        story(
            "harbour",
            "how we choose our beans, in three steps",
            Thread(3, "tomorrow 11:30"),
            Approve,
        ),
        story(
            "harbour",
            "we close early on Sunday for the choir",
            Plan("tomorrow 13:00"),
            Cancel,
        ),
        story(
            "fjord",
            "winter tyres are in stock, see https://fjordbikes.example.com/tyres",
            Plan("tomorrow 09:00"),
            Approve,
        ),
        story(
            "fjord",
            "free brake check on Saturday morning",
            Plan("tomorrow 10:30"),
            Regenerate("less loud, and name the Saturday"),
        ),
        story(
            "fjord",
            "a courier rode 200 km on one of our bikes",
            Plan("tomorrow 12:00"),
            Reject("the courier has not agreed to be named yet"),
        ),
        story(
            "fjord",
            "how to store a bike over the winter",
            NextFree,
            Approve,
        ),
        story(
            "koyo",
            "the first harvest of the year is here",
            Plan("tomorrow 09:15"),
            Approve,
        ),
        story(
            "koyo",
            "why we steep green tea at seventy degrees",
            Plan("tomorrow 10:45"),
            Approve,
        ),
        story(
            "koyo",
            "the tea house is open until nine on weekdays",
            Plan("tomorrow 12:15"),
            Approve,
        ),
        story(
            "koyo",
            "a tin for travellers that keeps leaves dry",
            NextFree,
            Approve,
        ),
    ]
}

/// What somebody tells of a client before anything is written for it.
pub(super) struct Note {
    pub(super) client: &'static str,
    pub(super) title: &'static str,
    text: &'static str,
}

/// The notes.
pub(super) const NOTES: [Note; 2] = [
    Note {
        client: "harbour",
        title: "How we choose beans",
        text: "We choose our beans in three steps: we roast a handful, taste it blind, and sleep on it.",
    },
    Note {
        client: "koyo",
        title: "Steeping green tea",
        text: "We steep green tea at seventy degrees. Hotter water makes it bitter.",
    },
];

impl Note {
    /// The command that tells it.
    pub(super) fn line(&self) -> String {
        let Self {
            client,
            title,
            text,
        } = self;
        format!("/client knowledge add client:{client} title:\"{title}\" text:\"{text}\"")
    }

    /// Whether it is told already.
    pub(super) fn is_known(&self, client: &Client) -> bool {
        let mut notes = client.knowledge.notes.values();
        notes.any(|note| note.title == self.title)
    }

    /// Whether a text of its client was written from it.
    fn is_used(&self, client: &Client) -> bool {
        let mut revisions = client.tweets.values().filter_map(|tweet| tweet.current());
        revisions.any(|revision| {
            revision
                .origin
                .sources
                .iter()
                .any(|source| source == self.title)
        })
    }
}

/// Everything that is not as the demo expects, in words.
pub(super) fn surprises(running: &RunningSandbox, stories: &[Story], facts: &Facts) -> Vec<String> {
    let mut surprises = Vec::new();
    for story in stories {
        match facts.tweet(story) {
            None => surprises.push(format!("“{}” was never planned", story.brief)),
            Some(tweet) => surprises.extend(
                wrong_with(running, story, tweet, facts)
                    .into_iter()
                    .map(|what| format!("“{}” of {}: {what}", story.brief, story.client)),
            ),
        }
    }
    surprises.extend(unused(running));
    surprises.extend(strangers(facts));
    surprises.extend(late_answers(running));
    surprises.extend(pings(running));
    surprises.extend(bills::disagreements(&facts.costs));
    surprises
}

fn wrong_with(
    running: &RunningSandbox,
    story: &Story,
    facts: &TweetFacts,
    all: &Facts,
) -> Vec<String> {
    let Ok(client) = running.engine.view(&story.client) else {
        return vec!["its client cannot be looked at".to_owned()];
    };
    let Some(tweet) = story.tweet(&client) else {
        return vec!["it is gone".to_owned()];
    };
    let mut wrong = Vec::new();
    let handle = client
        .settings
        .as_ref()
        .map(|settings| settings.handle.as_str());
    let live = all.timeline(handle.unwrap_or_default());
    if story.is_to_be_posted() {
        wrong.extend(wrong_with_posts(tweet, facts, &live));
    } else if !facts.posts.is_empty() {
        wrong.push("something of it was posted".to_owned());
    }
    wrong.extend(wrong_with_card(running, story, tweet));
    wrong
}

fn wrong_with_posts(tweet: &Tweet, facts: &TweetFacts, live: &[(String, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some(revision) = tweet.current() else {
        return vec!["it has no text".to_owned()];
    };
    if !matches!(tweet.state, TweetState::Posted { .. }) {
        wrong.push(format!("it is {} and should be posted", tweet.state.name()));
    }
    if facts.approved_hash.as_deref() != Some(revision.content.hash().to_string().as_str()) {
        wrong.push("its text is not the one that was approved".to_owned());
    }
    if facts.approved_by.is_empty() {
        wrong.push("nobody approved it".to_owned());
    }
    let expected = texts(&revision.content);
    let posted: Vec<&str> = facts
        .posts
        .iter()
        .filter_map(|post| live.iter().find(|(id, _)| *id == post.id))
        .map(|(_, text)| text.as_str())
        .collect();
    if posted != expected {
        wrong.push(format!(
            "the timeline shows {posted:?} and should show {expected:?}"
        ));
    }
    let path: Vec<&str> = facts
        .states
        .iter()
        .map(|step| step.state.as_str())
        .collect();
    for step in ["planned", "generated", "validated", "approved", "posted"] {
        if !path.contains(&step) {
            wrong.push(format!("it was never {step}; it was {}", path.join(", ")));
        }
    }
    wrong
}

/// The card tells the end of the story to whoever looks at it.
fn wrong_with_card(running: &RunningSandbox, story: &Story, tweet: &Tweet) -> Option<String> {
    let card = tweet.card.as_ref()?;
    let message = card.message.as_str().parse().ok()?;
    let Some(view) = running.sandbox.discord.message(message) else {
        return Some("its card is gone".to_owned());
    };
    let text = view.text();
    let wanted = match (story.plot, tweet.posts.first()) {
        (Plot::Reject(reason), _) => reason.to_owned(),
        (Plot::Cancel, _) => "cancelled".to_owned(),
        (Plot::Approve | Plot::Edit(_) | Plot::Regenerate(_), Some(post)) => {
            format!("/status/{}", post.id)
        }
        (Plot::Approve | Plot::Edit(_) | Plot::Regenerate(_), None) => return None,
    };
    if text.to_lowercase().contains(&wanted.to_lowercase()) {
        return None;
    }
    Some(format!("its card does not say `{wanted}`; it says: {text}"))
}

/// Notes that no text was written from although one is about them.
fn unused(running: &RunningSandbox) -> Vec<String> {
    let is_used = |note: &&Note| {
        let client = ClientId::new(note.client).ok();
        let client = client.and_then(|id| running.engine.view(&id).ok());
        client.is_some_and(|client| note.is_used(&client))
    };
    let unused = NOTES.iter().filter(|note| !is_used(note));
    let named = |note: &Note| format!("nothing was written from the note “{}”", note.title);
    unused.map(named).collect()
}

/// Posts on a timeline that no tweet accounts for: posted twice, or to the wrong account.
fn strangers(facts: &Facts) -> Vec<String> {
    let known: Vec<&str> = facts
        .tweets
        .iter()
        .flat_map(|tweet| tweet.posts.iter().map(|post| post.id.as_str()))
        .collect();
    let all = facts.handles().into_iter().flat_map(|handle| {
        let posts = facts.timeline(&handle).into_iter();
        posts.map(move |(id, text)| (handle.clone(), id, text))
    });
    all.filter(|(_, id, _)| !known.contains(&id.as_str()))
        .map(|(handle, id, text)| {
            format!("@{handle} shows the post {id} that no tweet knows of: {text}")
        })
        .collect()
}

fn late_answers(running: &RunningSandbox) -> Option<String> {
    let late = running
        .sandbox
        .discord
        .acknowledgements()
        .into_iter()
        .filter(|took| *took > PROMPT)
        .max()?;
    Some(format!(
        "an interaction was acknowledged only after {late:?}"
    ))
}

fn pings(running: &RunningSandbox) -> Vec<String> {
    let discord = &running.sandbox.discord;
    let world = World::agency();
    let channels = world.discord.channels.iter();
    let messages = channels.flat_map(|channel| discord.messages(&channel.name));
    messages
        .filter(|message| !message.mentioned.is_empty())
        .map(|message| format!("the message {} pinged {:?}", message.id, message.mentioned))
        .collect()
}

/// What happened, for a person to read.
pub(super) fn summary(running: &RunningSandbox, stories: &[Story], facts: &Facts) -> String {
    let mut text = format!(
        "The demo went as it should: {} tweets of 3 clients.\n",
        stories.len()
    );
    for story in stories {
        let Some(tweet) = facts.tweet(story) else {
            continue;
        };
        let path: Vec<&str> = tweet
            .states
            .iter()
            .map(|step| step.state.as_str())
            .collect();
        let _ = writeln!(
            text,
            "  {:<8} {:<52} {}",
            story.client.to_string(),
            format!("“{}”", story.brief),
            path.join(" > "),
        );
    }
    let posts: usize = facts
        .handles()
        .iter()
        .map(|handle| facts.timeline(handle).len())
        .sum();
    let slowest = running.sandbox.discord.acknowledgements().into_iter().max();
    let _ = write!(
        text,
        "{posts} posts are live, each approved, each once; the slowest click was acknowledged after {:?}.\n\
         The ledger and the bills agree: {}.",
        slowest.unwrap_or_default(),
        bills::summary(&facts.costs),
    );
    text
}
