//! People and what they may do.
//!
//! The desk says who somebody is and which roles they have; what that allows is decided here, from the client's
//! settings, and nowhere else.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, RoleId};

/// A person as they stand in the record: who, by which name at that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRef {
    /// The desk's number for them: this is who they are.
    pub id: PersonId,
    /// The name they had; for reading only.
    pub name: String,
}

/// A person at the moment of asking for something, with the roles they have now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub who: PersonRef,
    /// Their roles at the desk.
    pub roles: BTreeSet<RoleId>,
}

/// Who asks for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Somebody at the desk.
    Person(Person),
    /// The engine itself: a timer, an outcome, a declaration in the configuration.
    Engine,
}

impl By {
    /// The person, when it is one.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Engine => None,
        }
    }

    /// The person as they go into the record.
    pub fn who(&self) -> Option<PersonRef> {
        self.person().map(|person| person.who.clone())
    }
}

/// Who wrote a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Author {
    /// A language model, by its name.
    Model {
        /// The model as the service named it.
        model: String,
    },
    /// A person.
    Person {
        /// Who.
        who: PersonRef,
    },
}

/// What a person can be allowed to do for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Add the client, change its settings, pause and resume it.
    Manage,
    /// Plan, generate, edit, reschedule, cancel.
    Write,
    /// Approve and reject, and answer the questions that decide what goes out.
    Approve,
    /// Let a text through that did not pass validation.
    Override,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manage => "manage",
            Self::Write => "write",
            Self::Approve => "approve",
            Self::Override => "override",
        })
    }
}

/// The roles and people to whom a right is given. Empty means nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grant {
    /// Every person with one of these roles.
    pub roles: BTreeSet<RoleId>,
    /// These people, whatever their roles.
    pub people: BTreeSet<PersonId>,
}

impl Grant {
    /// Whether the grant covers a person.
    pub fn covers(&self, person: &Person) -> bool {
        self.people.contains(&person.who.id) || !self.roles.is_disjoint(&person.roles)
    }
}

/// Who may do what for one client.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Access {
    /// See [`Right::Manage`].
    pub manage: Grant,
    /// See [`Right::Write`].
    pub write: Grant,
    /// See [`Right::Approve`].
    pub approve: Grant,
    /// See [`Right::Override`].
    #[serde(rename = "override")]
    pub overrule: Grant,
}

impl Access {
    /// Whether a person has a right.
    pub fn allows(&self, person: &Person, right: Right) -> bool {
        self.grant(right).covers(person)
    }

    fn grant(&self, right: Right) -> &Grant {
        match right {
            Right::Manage => &self.manage,
            Right::Write => &self.write,
            Right::Approve => &self.approve,
            Right::Override => &self.overrule,
        }
    }
}
