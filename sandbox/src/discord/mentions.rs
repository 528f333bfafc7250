//! Who is pinged by a text: what it mentions, as far as `allowed_mentions` lets it through.
//! A mention inside code is only text. Without `allowed_mentions` everything pings (documentation, "Allowed mentions object").

use serde_json::Value;

use super::directory::Directory;
use super::ids::{RoleId, UserId};

/// What the text pings: `@everyone`, `@here`, `<@id>`, `<@&id>`, each once, in order.
pub(super) fn pinged(content: &str, allowed: &Value, directory: &Directory) -> Vec<String> {
    let text = without_code(content);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let Some(mention) = mention_at(&text, at) else {
            continue;
        };
        if exists(&mention, directory)
            && lets_through(allowed, &mention)
            && !found.contains(&mention)
        {
            found.push(mention);
        }
    }
    found
}

/// The ids of the mentions of one kind: `<@` users, `<@&` roles.
pub(super) fn ids<'a>(mentioned: &'a [String], kind: &'a str) -> impl Iterator<Item = u64> + 'a {
    mentioned.iter().filter_map(move |mention| {
        let id = mention.strip_prefix(kind)?.strip_suffix('>')?;
        id.parse().ok()
    })
}

fn mention_at(text: &str, at: usize) -> Option<String> {
    let rest = &text[at..];
    for word in ["@everyone", "@here"] {
        if rest.starts_with(word) {
            return Some(word.into());
        }
    }
    if !text[..at].ends_with('<') {
        return None;
    }
    let inner = &rest[1..rest.find('>')?];
    let (kind, digits) = match inner.strip_prefix('&') {
        Some(digits) => ("<@&", digits),
        None => ("<@", inner.trim_start_matches('!')),
    };
    let id: u64 = digits.parse().ok()?;
    Some(format!("{kind}{id}>"))
}

fn exists(mention: &str, directory: &Directory) -> bool {
    let one = [mention.to_owned()];
    let user = ids(&one, "<@").any(|id| directory.person_by_id(UserId(id)).is_some());
    let role = ids(&one, "<@&").any(|id| directory.role_by_id(RoleId(id)).is_some());
    user || role || mention.starts_with('@')
}

fn lets_through(allowed: &Value, mention: &str) -> bool {
    if !allowed.is_object() {
        return true;
    }
    let (kind, id) = match (mention.strip_prefix("<@&"), mention.strip_prefix("<@")) {
        (Some(role), _) => ("roles", role.trim_end_matches('>')),
        (None, Some(user)) => ("users", user.trim_end_matches('>')),
        (None, None) => ("everyone", ""),
    };
    let lists = |name: &str, wanted: &str| {
        let items = allowed[name].as_array().into_iter().flatten();
        items
            .into_iter()
            .any(|item| item == wanted || item.as_u64().is_some_and(|n| n.to_string() == wanted))
    };
    lists("parse", kind) || (!id.is_empty() && lists(kind, id))
}

/// The text with code spans and blocks cut out.
fn without_code(content: &str) -> String {
    let outside = content.split("```").step_by(2);
    let outside = outside.map(|part| part.split('`').step_by(2).collect::<Vec<_>>().join(" "));
    outside.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::World;

    fn pings(content: &str, allowed: &Value) -> Vec<String> {
        pinged(content, allowed, &Directory::new(Arc::new(World::agency())))
    }

    #[test]
    fn everything_pings_unless_it_is_suppressed() {
        let world = World::agency().discord;
        let (tom, editors) = (world.people[1].id, world.roles[1].id);
        let text = format!("@everyone <@{tom}> <@!{tom}> <@&{editors}> <@1> me@here.example");
        let all = [
            "@everyone".to_owned(),
            format!("<@{tom}>"),
            format!("<@&{editors}>"),
            "@here".to_owned(),
        ];
        assert_eq!(pings(&text, &Value::Null), all);
        assert_eq!(pings(&text, &json!({"parse": []})), Vec::<String>::new());
        assert_eq!(pings(&text, &json!({"parse": ["roles"]})), [all[2].clone()]);
        assert_eq!(
            pings(&text, &json!({"parse": [], "users": [tom.to_string()]})),
            [all[1].clone()]
        );
    }

    #[test]
    fn code_pings_nobody() {
        assert!(pings("`@everyone` and ```\n@here\n```", &Value::Null).is_empty());
        assert_eq!(pings("```x``` @here", &Value::Null), ["@here"]);
    }
}
