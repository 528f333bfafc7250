//! From given options to a [`Request`]: one function a command, none of which decides anything.

use super::{Given, LessonWish, Misuse, NewClient, NoteWish, Plan, Request};

type Read = Result<Request, Misuse>;

pub(super) fn plan(given: &mut Given) -> Read {
    let count = given.whole("count").unwrap_or(1);
    planned(given, count, false)
}

pub(super) fn generate(given: &mut Given) -> Read {
    planned(given, 1, true)
}

fn planned(given: &mut Given, count: i64, write_now: bool) -> Read {
    Ok(Request::Plan(Plan {
        client: given.client("client")?,
        brief: given.words("brief")?,
        when: given.text("when"),
        count,
        thread: given.whole("thread").unwrap_or(1),
        write_now,
    }))
}

pub(super) fn queue(given: &mut Given) -> Read {
    let client = given.any_client("client")?;
    Ok(Request::Queue { client })
}

pub(super) fn show_tweet(given: &mut Given) -> Read {
    let tweet = given.words("id")?;
    Ok(Request::ShowTweet { tweet })
}

pub(super) fn cancel_tweet(given: &mut Given) -> Read {
    let tweet = given.words("id")?;
    Ok(Request::CancelTweet { tweet })
}

pub(super) fn delete_tweet(given: &mut Given) -> Read {
    Ok(Request::DeleteTweet {
        tweet: given.words("id")?,
        reason: given.words("reason")?,
    })
}

pub(super) fn reschedule(given: &mut Given) -> Read {
    Ok(Request::Reschedule {
        tweet: given.words("id")?,
        when: given.words("when")?,
    })
}

pub(super) fn list_clients(_: &mut Given) -> Read {
    Ok(Request::ListClients)
}

pub(super) fn show_client(given: &mut Given) -> Read {
    let client = given.client("client")?;
    Ok(Request::ShowClient { client })
}

pub(super) fn add_client(given: &mut Given) -> Read {
    Ok(Request::AddClient(Box::new(NewClient {
        id: given.words("id")?,
        name: given.words("name")?,
        handle: given.words("handle")?,
        zone: given.words("zone")?,
        channel: given.channel("channel")?,
        slots: given.text("slots"),
        persona: given.text("persona"),
        approvals: given.whole("approvals"),
    })))
}

pub(super) fn add_note(given: &mut Given) -> Read {
    let (title, text) = (given.text("title"), given.text("text"));
    let file = given.file("file");
    knowledge(given, NoteWish::Add { title, text, file })
}

pub(super) fn list_notes(given: &mut Given) -> Read {
    knowledge(given, NoteWish::List)
}

pub(super) fn remove_note(given: &mut Given) -> Read {
    let note = given.words("note")?;
    knowledge(given, NoteWish::Remove { note })
}

pub(super) fn search_notes(given: &mut Given) -> Read {
    let brief = given.words("brief")?;
    knowledge(given, NoteWish::Search { brief })
}

fn knowledge(given: &mut Given, wish: NoteWish) -> Read {
    let client = given.client("client")?;
    Ok(Request::Knowledge { client, wish })
}

pub(super) fn list_lessons(given: &mut Given) -> Read {
    lessons(given, LessonWish::List)
}

pub(super) fn remove_lesson(given: &mut Given) -> Read {
    let lesson = given.whole("lesson").ok_or(Misuse::Missing("lesson"))?;
    lessons(given, LessonWish::Remove { lesson })
}

fn lessons(given: &mut Given, wish: LessonWish) -> Read {
    let client = given.client("client")?;
    Ok(Request::Lessons { client, wish })
}

pub(super) fn pause(given: &mut Given) -> Read {
    Ok(Request::Pause {
        client: given.client("client")?,
        reason: given.words("reason")?,
    })
}

pub(super) fn resume(given: &mut Given) -> Read {
    let client = given.client("client")?;
    Ok(Request::Resume { client })
}

pub(super) fn halt(given: &mut Given) -> Read {
    let reason = given.words("reason")?;
    Ok(Request::Halt { reason })
}

pub(super) fn release(_: &mut Given) -> Read {
    Ok(Request::Release)
}

pub(super) fn status(_: &mut Given) -> Read {
    Ok(Request::Status)
}

pub(super) fn costs(given: &mut Given) -> Read {
    let month = given.text("month");
    let client = given.any_client("client")?;
    Ok(Request::Costs { client, month })
}

pub(super) fn stats(given: &mut Given) -> Read {
    let days = given.whole("days");
    let client = given.any_client("client")?;
    Ok(Request::Stats { client, days })
}

pub(super) fn help(given: &mut Given) -> Read {
    let command = given.text("command");
    Ok(Request::Help { command })
}
