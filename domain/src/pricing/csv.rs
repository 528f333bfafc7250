//! Statements as CSV, one row for each client, day, kind, model and certainty.
//!
//! RFC 4180: a header, lines that end with CR LF, quotes only where they are needed. Amounts are whole micro-dollars, and
//! beside them the same in dollars; both are exact. What has no price has no amount.

use std::fmt::Write;

use super::{Price, Row, Statement};
use crate::ids::ClientId;
use crate::metering::{Item, Tokens};

/// The header, without its line end.
pub const HEADER: &str = "client,day,kind,model,certainty,calls,prompt_tokens,cached_tokens,completion_tokens,\
                          reasoning_tokens,count,micro_usd,usd";

/// The statements of some clients with the header.
pub fn csv<'s>(statements: impl IntoIterator<Item = (&'s ClientId, &'s Statement)>) -> String {
    let mut text = format!("{HEADER}\r\n");
    for (client, statement) in statements {
        for row in &statement.rows {
            line(&mut text, client, row);
        }
    }
    text
}

fn line(text: &mut String, client: &ClientId, row: &Row) {
    let (tokens, count) = quantities(&row.item);
    let certainty = if row.certain { "certain" } else { "uncertain" };
    let (micro, dollars) = match row.cost {
        Price::Known(cost) => (cost.0.to_string(), cost.dollars()),
        Price::Unknown => (String::new(), "unknown".to_owned()),
    };
    let tokens = tokens.map_or_else(
        || ",,,".to_owned(),
        |t| format!("{},{},{},{}", t.prompt, t.cached, t.completion, t.reasoning),
    );
    let count = count.map_or_else(String::new, |count| count.to_string());
    writeln!(
        text,
        "{client},{day},{kind},{model},{certainty},{calls},{tokens},{count},{micro},{dollars}\r",
        day = row.day,
        kind = row.item.kind(),
        model = quoted(row.item.model().unwrap_or_default()),
        calls = row.calls,
    )
    .expect("writing to a String cannot fail");
}

fn quantities(item: &Item) -> (Option<Tokens>, Option<u64>) {
    match item {
        Item::Chat { tokens, .. } => (Some(*tokens), None),
        Item::Embedding { tokens, .. } => {
            let prompt = *tokens;
            (
                Some(Tokens {
                    prompt,
                    ..Tokens::default()
                }),
                None,
            )
        }
        Item::Moderation { texts, .. } => (None, Some(*texts)),
        Item::Posts { count, .. }
        | Item::PostsRead { count }
        | Item::UsersRead { count }
        | Item::PostsDeleted { count } => (None, Some(*count)),
    }
}

/// A name as a field. One that a spreadsheet would take for a formula gets an apostrophe before it.
fn quoted(name: &str) -> String {
    let is_formula = name.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let name = if is_formula {
        format!("'{name}")
    } else {
        name.to_owned()
    };
    if name.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name
    }
}
