//! The words of the forms that buttons open. Titles hold at most 45 characters, labels 45, hints 100.

use clara_domain::tweet::ReasonCode;

use crate::discord::message::Input;

/// The line between two posts where one box holds several.
pub(crate) const SEPARATOR: &str = "---";
/// What the boxes of a rejection are called.
pub(super) const WHY: &str = "Why";
pub(super) const KIND: &str = "Kind of reason";

/// What a form asks for beside the text of a tweet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Reject,
    Regenerate,
    Override,
    Live,
    Delete,
}

/// The title of the form for editing.
pub(crate) fn edit_title(short: &str) -> String {
    format!("Edit tweet {short}")
}

/// The label of a box with the posts from `first` to `last`, counted from 1, of `of`.
pub(crate) fn edit_label(first: usize, last: usize, of: usize) -> String {
    if of == 1 {
        "The text".to_owned()
    } else if first == last {
        format!("Post {first}")
    } else {
        format!("Posts {first} to {last}, {SEPARATOR} between them")
    }
}

/// What stands in a box for a post that is there no more.
pub(crate) fn edit_hint() -> &'static str {
    "Left empty, the post is taken out. A line of --- makes two posts."
}

/// The title of another form.
pub(crate) fn title(ask: Ask, short: &str) -> String {
    match ask {
        Ask::Reject => format!("Reject tweet {short}"),
        Ask::Regenerate => format!("Write tweet {short} again"),
        Ask::Override => format!("Let tweet {short} through"),
        Ask::Live => format!("Tweet {short} is live"),
        Ask::Delete => format!("Delete tweet {short} from X"),
    }
}

/// Its boxes: one for the words, and for a rejection one for their kind.
pub(crate) fn inputs(ask: Ask) -> Vec<Input> {
    let said = match ask {
        Ask::Reject => Input::paragraph("said", WHY).hint("Everybody who sees the card reads this"),
        Ask::Regenerate => Input::paragraph("said", "What should be different")
            .hint("Shorter; name the street; less excited"),
        Ask::Override => Input::paragraph("said", "Why it may go out as it is")
            .hint("Your name stands beside it"),
        Ask::Delete => Input::paragraph("said", "Why it has to go")
            .hint("What is live of it is taken down at once; your name stands beside it"),
        Ask::Live => {
            Input::short("said", "Link to the post").hint("https://x.com/harbour/status/1234567890")
        }
    };
    let kind = || Input::short("kind", KIND).optional().hint(&kinds());
    match ask {
        Ask::Reject => vec![said, kind()],
        Ask::Regenerate | Ask::Override | Ask::Delete | Ask::Live => vec![said],
    }
}

/// The words that the box [`KIND`] takes.
pub(super) fn kinds() -> String {
    ReasonCode::ALL.map(ReasonCode::name).join(", ")
}
