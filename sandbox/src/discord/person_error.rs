//! Why Discord's own interface would not let a person do something: nothing of it ever reaches the bot.
//! Each text names the thing that is wrong and, where it helps, what there is instead.

use super::ids::{InteractionId, MessageId};

/// What the person tried cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// Nobody of that name is in the guild.
    #[error("nobody here is called `{0}`")]
    UnknownPerson(String),
    /// No such channel.
    #[error("there is no channel `#{0}`")]
    UnknownChannel(String),
    /// The line does not begin with a slash.
    #[error("`{0}` is not a command: it must begin with a slash")]
    NotACommand(String),
    /// No such command is registered.
    #[error("there is no command `/{name}`; registered are: {known}", known = join(.known))]
    UnknownCommand {
        /// What was typed.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The command has subcommands and none of them was named.
    #[error("`/{command}` needs one of its subcommands: {known}", known = join(.known))]
    NeedsSubcommand {
        /// The command typed so far.
        command: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The command is hidden from people without certain permissions.
    #[error("`/{0}` is hidden from this person")]
    Hidden(String),
    /// The command has no such option.
    #[error("`/{command}` has no option `{option}`; it has: {known}", known = join(.known))]
    UnknownOption {
        /// The command.
        command: String,
        /// What was typed.
        option: String,
        /// What there is.
        known: Vec<String>,
    },
    /// Words stand where an option's name should.
    #[error("`{0}` belongs to no option: write `option:value`")]
    StrayText(String),
    /// An option was given twice.
    #[error("option `{0}` is given twice")]
    Repeated(String),
    /// A quotation mark is not closed.
    #[error("the quotation mark of option `{0}` is not closed")]
    OpenQuote(String),
    /// A required option is missing or empty.
    #[error("option `{0}` is required")]
    Missing(String),
    /// The value is not of the option's type or outside its bounds.
    #[error("option `{option}` must be {expected}, not `{given}`")]
    WrongValue {
        /// The option.
        option: String,
        /// What it takes.
        expected: String,
        /// What was typed.
        given: String,
    },
    /// A file that Discord does not take.
    #[error("the file `{name}` has {size} bytes; files are taken up to {most}")]
    FileTooLarge {
        /// Its name.
        name: String,
        /// How large it is.
        size: usize,
        /// How large it may be.
        most: usize,
    },
    /// A file was chosen, and no option of the line names it.
    #[error("the file `{0}` belongs to no option: write `option:{0}`")]
    StrayFile(String),
    /// The option does not complete itself.
    #[error("option `{0}` offers no suggestions")]
    NoAutocomplete(String),
    /// The person cannot see such a message.
    #[error("there is no message {0} to see")]
    UnknownMessage(MessageId),
    /// The message has no such button or menu.
    #[error("message {message} has no `{custom_id}`; it has: {known}", known = join(.known))]
    UnknownComponent {
        /// The message.
        message: MessageId,
        /// What was looked for.
        custom_id: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The button or menu is greyed out.
    #[error("`{0}` is greyed out")]
    Disabled(String),
    /// A menu choice that is not offered, or too few or too many.
    #[error("`{custom_id}` does not take {given}", given = join(.given))]
    WrongChoice {
        /// The menu.
        custom_id: String,
        /// What was chosen.
        given: Vec<String>,
    },
    /// No such interaction, or not this person's.
    #[error("there is no interaction {0} of this person")]
    UnknownInteraction(InteractionId),
    /// The interaction opened no modal, or it was sent off already.
    #[error("interaction {0} has no open modal")]
    NoModal(InteractionId),
    /// The modal has no such field.
    #[error("the modal has no field `{field}`; it has: {known}", known = join(.known))]
    UnknownField {
        /// What was looked for.
        field: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The field's text is missing, too short or too long.
    #[error("field `{field}` takes {expected} characters, not {given}")]
    FieldLength {
        /// The field.
        field: String,
        /// E.g. `1 to 280`.
        expected: String,
        /// How many there are.
        given: usize,
    },
    /// The bot did not answer an autocomplete in time.
    #[error("loading options failed")]
    NoSuggestions,
}

fn join(names: &[String]) -> String {
    if names.is_empty() {
        return "nothing".into();
    }
    names.join(", ")
}
