//! The commands themselves, in the order in which help lists them.

use clara_domain::person::Right;

use super::{Definition, Kind, Opt, read};

const fn required(name: &'static str, kind: Kind, summary: &'static str) -> Opt {
    Opt {
        name,
        summary,
        kind,
        required: true,
    }
}

const fn optional(name: &'static str, kind: Kind, summary: &'static str) -> Opt {
    Opt {
        required: false,
        ..required(name, kind, summary)
    }
}

const CLIENT: Opt = required("client", Kind::Client, "Which client, such as harbour");
const TWEET: Opt = required("id", Kind::Tweet, "The tweet's short id, as on its card");
const BRIEF: Opt = required(
    "brief",
    Kind::Text,
    "What the tweet is to say, in 1 to 1000 characters",
);
const WHEN: Opt = optional(
    "when",
    Kind::Text,
    "in 2h, tomorrow 09:00, mon 9am, 2026-08-03T09:00+02:00; left out: the next free slot",
);
const THREAD: Opt = optional(
    "thread",
    Kind::Whole,
    "How many posts in a row make the tweet, 1 to 25; left out: 1",
);

/// Every command.
pub(crate) const ALL: &[Definition] = &[
    Definition {
        words: &["plan"],
        summary: "Plan one or more tweets into a client's calendar",
        details: "Clara writes each tweet some time before its slot, checks it, and shows it in the client's approval \
            channel. Nothing is posted without approval. Times are meant in the client's zone.",
        right: Some(Right::Write),
        options: &[
            CLIENT,
            BRIEF,
            WHEN,
            optional(
                "count",
                Kind::Whole,
                "How many tweets, in consecutive free slots, 1 to 25; left out: 1",
            ),
            THREAD,
        ],
        example: "/plan client:harbour brief:\"Our winter roast is back\" when:tomorrow 09:00",
        read: read::plan,
    },
    Definition {
        words: &["generate"],
        summary: "Plan a tweet and have it written right now",
        details: "Like /plan, but the text is written at once. The card in the approval channel shows the text, and \
            beside it the other candidates: “Next ›” and “‹ Previous” lead from one to the other.",
        right: Some(Right::Write),
        options: &[CLIENT, BRIEF, WHEN, THREAD],
        example: "/generate client:harbour brief:\"Latte art class on Saturday\" when:in 2h",
        read: read::generate,
    },
    Definition {
        words: &["queue"],
        summary: "What is planned, waiting and going out next",
        details: "Lists the tweets that are not finished, by their time, with their state.",
        right: None,
        options: &[optional(
            "client",
            Kind::Client,
            "Only this client; left out: all",
        )],
        example: "/queue client:harbour",
        read: read::queue,
    },
    Definition {
        words: &["tweet", "show"],
        summary: "Show a tweet with its whole text",
        details: "Shows the card as it is now, to you alone, with the same buttons.",
        right: None,
        options: &[TWEET],
        example: "/tweet show id:1a2b3c4d",
        read: read::show_tweet,
    },
    Definition {
        words: &["tweet", "cancel"],
        summary: "Take a tweet out of the calendar",
        details: "It will not be written or posted. What is live already stays live. This cannot be undone; the tweet \
            can be planned again.",
        right: Some(Right::Write),
        options: &[TWEET],
        example: "/tweet cancel id:1a2b3c4d",
        read: read::cancel_tweet,
    },
    Definition {
        words: &["tweet", "reschedule"],
        summary: "Give a tweet another time",
        details: "The text and its approvals stay. Moving an approved tweet takes the right to approve, because it goes \
            out at the new time without another look.",
        right: Some(Right::Write),
        options: &[
            TWEET,
            required(
                "when",
                Kind::Text,
                "in 2h, tomorrow 09:00, an RFC 3339 time, next for the next free slot, or now",
            ),
        ],
        example: "/tweet reschedule id:1a2b3c4d when:fri 12:30",
        read: read::reschedule,
    },
    Definition {
        words: &["tweet", "delete"],
        summary: "Delete from X what is live of a tweet",
        details: "Every post of it is taken down, the last one first, and that is recorded with your name and reason. \
            Clara asks until X says that they are gone. What readers have seen or copied she cannot take back.",
        right: Some(Right::Approve),
        options: &[
            TWEET,
            required("reason", Kind::Text, "Why, for everybody who wonders"),
        ],
        example: "/tweet delete id:1a2b3c4d reason:\"The price is wrong\"",
        read: read::delete_tweet,
    },
    Definition {
        words: &["client", "list"],
        summary: "All clients, and how each fares",
        details: "One line a client: its account, whether it is paused, and how many tweets are in which state.",
        right: None,
        options: &[],
        example: "/client list",
        read: read::list_clients,
    },
    Definition {
        words: &["client", "show"],
        summary: "A client's settings and state",
        details: "Account, zone, slots, approval rules, voice, and what is waiting.",
        right: None,
        options: &[CLIENT],
        example: "/client show client:harbour",
        read: read::show_client,
    },
    Definition {
        words: &["client", "add"],
        summary: "Add a client",
        details: "The client's X credentials come from the server's configuration, under the same id; until they are \
            there nothing can be posted. Who may write and approve is what the configuration says for the team.",
        right: Some(Right::Manage),
        options: &[
            required(
                "id",
                Kind::Text,
                "A short name to type, of a-z, 0-9 and -, such as harbour",
            ),
            required("name", Kind::Text, "The client's full name"),
            required("handle", Kind::Text, "The X account, without the @"),
            required("zone", Kind::Text, "The time zone, such as Europe/Oslo"),
            required(
                "channel",
                Kind::Channel,
                "Where its cards are shown for approval",
            ),
            optional(
                "slots",
                Kind::Text,
                "Weekly posting times, such as weekdays 09:00 17:00; sat 11:00",
            ),
            optional("persona", Kind::Text, "Who speaks, to whom, in which tone"),
            optional(
                "approvals",
                Kind::Whole,
                "How many people must approve a text, 1 to 5; left out: 1",
            ),
        ],
        example: "/client add id:harbour name:\"Harbour Coffee\" handle:harbourcoffee zone:Europe/Oslo \
            channel:#harbour-approvals slots:weekdays 09:00",
        read: read::add_client,
    },
    Definition {
        words: &["client", "knowledge", "add"],
        summary: "Tell Clara something about a client",
        details: "Texts may take facts from it, and facts that neither the brief nor a note has are named on the card. The \
            same text is taken once. Give the text itself or attach a file, not both; a note has at most 64 KiB.",
        right: Some(Right::Write),
        options: &[
            CLIENT,
            optional(
                "text",
                Kind::Text,
                "What is to be known: plain text or Markdown",
            ),
            optional(
                "file",
                Kind::File,
                "A file with it instead: .md, .txt or other plain text, in UTF-8",
            ),
            optional(
                "title",
                Kind::Text,
                "What the note is called; left out: its first heading, the file's name or its first words",
            ),
        ],
        example: "/client knowledge add client:harbour text:\"Open weekdays from 07:30 to 18:00\" title:\"Opening hours\"",
        read: read::add_note,
    },
    Definition {
        words: &["client", "knowledge", "list"],
        summary: "What is known of a client",
        details: "One line a note: its number, its title, and how long it is.",
        right: None,
        options: &[CLIENT],
        example: "/client knowledge list client:harbour",
        read: read::list_notes,
    },
    Definition {
        words: &["client", "knowledge", "remove"],
        summary: "Take a note out of what is known of a client",
        details: "Nothing new is written from it. Texts that are written stay as they are.",
        right: Some(Right::Write),
        options: &[
            CLIENT,
            required("note", Kind::Text, "Its number, or its title"),
        ],
        example: "/client knowledge remove client:harbour note:3",
        read: read::remove_note,
    },
    Definition {
        words: &["client", "knowledge", "search"],
        summary: "What is known of a client that fits a brief",
        details: "Shows at most four passages, the best first, found by their words.",
        right: None,
        options: &[
            CLIENT,
            required("brief", Kind::Text, "What a tweet would be about"),
        ],
        example: "/client knowledge search client:harbour brief:\"Latte art class on Saturday\"",
        read: read::search_notes,
    },
    Definition {
        words: &["client", "lessons", "list"],
        summary: "What a client's texts were turned down for",
        details: "Each reason that was given with Reject, the newest first: its number, its kind, and the text that it was \
            about. Prompts remind the model of the newest eight; at most fifty are kept.",
        right: None,
        options: &[CLIENT],
        example: "/client lessons list client:harbour",
        read: read::list_lessons,
    },
    Definition {
        words: &["client", "lessons", "remove"],
        summary: "Remind the model of a lesson no more",
        details: "For what holds no longer, or was a matter of that one text. Texts that are written stay as they are.",
        right: Some(Right::Write),
        options: &[
            CLIENT,
            required("lesson", Kind::Whole, "Its number, as the list has it"),
        ],
        example: "/client lessons remove client:harbour lesson:3",
        read: read::remove_lesson,
    },
    Definition {
        words: &["client", "pause"],
        summary: "Hold back everything of a client",
        details: "Nothing more is posted for this client until it is resumed; what X is being sent at this moment \
            still arrives. Writing and approving go on.",
        right: Some(Right::Manage),
        options: &[
            CLIENT,
            required("reason", Kind::Text, "Why, for everybody who wonders"),
        ],
        example: "/client pause client:harbour reason:\"The shop is closed this week\"",
        read: read::pause,
    },
    Definition {
        words: &["client", "resume"],
        summary: "Let a paused client post again",
        details: "Tweets whose time has passed meanwhile are not posted in a flood: each asks what to do with it.",
        right: Some(Right::Manage),
        options: &[CLIENT],
        example: "/client resume client:harbour",
        read: read::resume,
    },
    Definition {
        words: &["pause"],
        summary: "Hold back everything of every client",
        details: "Nothing more is posted for anybody until it is resumed; what X is being sent at this moment still \
            arrives. Writing and approving go on. Takes the right to manage from the team's own list. Clara does the \
            same by herself when X says that the app is out of credits or over its cap.",
        right: Some(Right::Manage),
        options: &[required(
            "reason",
            Kind::Text,
            "Why, for everybody who wonders",
        )],
        example: "/pause reason:\"A crisis: nothing goes out today\"",
        read: read::halt,
    },
    Definition {
        words: &["resume"],
        summary: "Let everything go on after /pause",
        details: "Clients that are paused by themselves stay so. Tweets whose time has passed meanwhile are not posted in \
            a flood: each asks what to do with it.",
        right: Some(Right::Manage),
        options: &[],
        example: "/resume",
        read: read::release,
    },
    Definition {
        words: &["status"],
        summary: "Whether Clara is well, and what waits for people",
        details: "How many clients run, and which tweets wait for a decision.",
        right: None,
        options: &[],
        example: "/status",
        read: read::status,
    },
    Definition {
        words: &["costs"],
        summary: "What a client cost in a month, or all of them",
        details: "Models, posts, looks and deletions with what each came to; days and months are UTC. What is not certain, \
            such as a call whose answer was lost, stands apart. For all clients it takes the right to manage from the \
            team's own list.",
        right: Some(Right::Manage),
        options: &[
            optional("client", Kind::Client, "Only this client; left out: all"),
            optional(
                "month",
                Kind::Text,
                "A month such as 2026-11; left out: this one",
            ),
        ],
        example: "/costs client:harbour month:2026-11",
        read: read::costs,
    },
    Definition {
        words: &["stats"],
        summary: "How texts fared, by version of the prompt and model",
        details: "How many were decided about, approved and turned down, and how much of a model's text people changed \
            before they approved it. A tweet counts once, by the last word about it. Under 20 decisions prove nothing.",
        right: None,
        options: &[
            optional("client", Kind::Client, "Only this client; left out: all"),
            optional(
                "days",
                Kind::Whole,
                "Only what was decided in so many days, 1 to 3650; left out: everything",
            ),
        ],
        example: "/stats client:harbour days:30",
        read: read::stats,
    },
    Definition {
        words: &["help"],
        summary: "What Clara can do, and how",
        details: "Without a command: all of them in one list.",
        right: None,
        options: &[optional(
            "command",
            Kind::Command,
            "Which command; left out: all",
        )],
        example: "/help command:plan",
        read: read::help,
    },
];
