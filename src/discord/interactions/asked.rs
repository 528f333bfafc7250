//! Who asks, as the gateway says it: a member of the guild with the roles they have at this moment.

use std::collections::BTreeSet;

use clara_domain::ids::{PersonId, RoleId};
use clara_domain::person::{By, Person, PersonRef};
use serenity::model::application::{CommandData, CommandDataOption, CommandDataOptionValue};
use serenity::model::guild::Member;

use crate::discord::commands::given::Value;
use crate::discord::commands::{Given, GivenFile};

/// The longest name that goes into the record.
const NAME: usize = 64;

/// The person who asks.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    pub(super) person: Person,
}

impl Asker {
    /// None where somebody is no member of the guild, as in a direct message: then their roles are not known.
    pub(super) fn of(member: Option<&Member>, guild: u64) -> Option<Self> {
        let member = member.filter(|member| member.guild_id.get() == guild)?;
        let roles = member
            .roles
            .iter()
            .filter_map(|role| RoleId::new(role.to_string()).ok());
        let name: String = member.display_name().chars().take(NAME).collect();
        let who = PersonRef {
            id: PersonId::new(member.user.id.to_string()).ok()?,
            name,
        };
        super::note("person", &who.id);
        Some(Self {
            person: Person {
                who,
                roles: roles.collect::<BTreeSet<_>>(),
            },
        })
    }

    pub(super) fn by(&self) -> By {
        By::Person(self.person.clone())
    }
}

/// The words of a command and what came with it.
pub(super) fn read(data: &CommandData) -> (Vec<String>, Given) {
    let mut words = vec![data.name.clone()];
    let mut options = &data.options;
    while let [CommandDataOption { name, value, .. }] = options.as_slice() {
        let inner = match value {
            CommandDataOptionValue::SubCommand(inner)
            | CommandDataOptionValue::SubCommandGroup(inner) => inner,
            _ => break,
        };
        words.push(name.clone());
        options = inner;
    }
    let values = options
        .iter()
        .filter_map(|option| Some((option.name.clone(), value(&option.value, data)?)));
    (words, Given::new(values))
}

fn value(value: &CommandDataOptionValue, data: &CommandData) -> Option<Value> {
    match value {
        CommandDataOptionValue::String(text) => Some(Value::Text(text.clone())),
        CommandDataOptionValue::Integer(number) => Some(Value::Whole(*number)),
        CommandDataOptionValue::Channel(channel) => Some(Value::Channel(channel.get())),
        CommandDataOptionValue::Attachment(id) => {
            let file = data.resolved.attachments.get(id)?;
            Some(Value::File(GivenFile {
                name: file.filename.clone(),
                media: file.content_type.clone(),
                size: usize::try_from(file.size).unwrap_or(usize::MAX),
                url: file.url.clone(),
            }))
        }
        _ => None,
    }
}
