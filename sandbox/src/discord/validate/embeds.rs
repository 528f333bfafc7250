//! Rules about embeds: how many, how long each part, and all texts of a message together.

use serde_json::Value;

use super::super::error::FormErrors;
use super::{optional_text, text};

const TOTAL: usize = 6000;

/// Checks a message's embeds; `at` is the path of the list.
pub(in crate::discord) fn check_embeds(embeds: &[Value], at: &str, errors: &mut FormErrors) {
    errors.items(at, embeds.len(), 0, 10);
    for (i, embed) in embeds.iter().enumerate() {
        check_embed(embed, &format!("{at}.{i}"), errors);
    }
    if embeds.iter().map(weight).sum::<usize>() > TOTAL {
        let message = format!("Embed size exceeds maximum size of {TOTAL}");
        errors.add(at, "MAX_EMBED_SIZE_EXCEEDED", &message);
    }
}

fn check_embed(embed: &Value, at: &str, errors: &mut FormErrors) {
    optional_text(embed, at, "title", 256, errors);
    optional_text(embed, at, "description", 4096, errors);
    if !embed["footer"].is_null() {
        text(
            &embed["footer"],
            &format!("{at}.footer"),
            "text",
            1,
            2048,
            errors,
        );
    }
    if !embed["author"].is_null() {
        text(
            &embed["author"],
            &format!("{at}.author"),
            "name",
            1,
            256,
            errors,
        );
    }
    let fields = embed["fields"].as_array().map_or(&[][..], Vec::as_slice);
    errors.items(&format!("{at}.fields"), fields.len(), 0, 25);
    for (i, field) in fields.iter().enumerate() {
        let at = format!("{at}.fields.{i}");
        text(field, &at, "name", 1, 256, errors);
        text(field, &at, "value", 1, 1024, errors);
    }
    for place in ["url", "image.url", "thumbnail.url"] {
        check_url(embed, at, place, errors);
    }
    if let Some(at_time) = embed["timestamp"].as_str()
        && at_time.parse::<jiff::Timestamp>().is_err()
    {
        let message = "Could not parse. Should be ISO8601.";
        errors.add(&format!("{at}.timestamp"), "DATE_TIME_TYPE_PARSE", message);
    }
}

fn check_url(embed: &Value, at: &str, place: &str, errors: &mut FormErrors) {
    let pointer = format!("/{}", place.replace('.', "/"));
    let Some(url) = embed.pointer(&pointer).and_then(Value::as_str) else {
        return;
    };
    let schemes = ["http://", "https://", "attachment://"];
    if !schemes.iter().any(|scheme| url.starts_with(scheme)) {
        let message = "Scheme must be one of ('http', 'https').";
        errors.add(&format!("{at}.{place}"), "URL_TYPE_INVALID_SCHEME", message);
    }
}

/// The characters that count towards the 6000 of a message: title, description, fields, footer, author's name.
fn weight(embed: &Value) -> usize {
    let fields = embed["fields"].as_array().into_iter().flatten();
    fields
        .flat_map(|field| [&field["name"], &field["value"]])
        .chain([
            &embed["title"],
            &embed["description"],
            &embed["footer"]["text"],
            &embed["author"]["name"],
        ])
        .filter_map(Value::as_str)
        .map(|text| text.chars().count())
        .sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ok(embeds: &[Value]) -> bool {
        let mut errors = FormErrors::default();
        check_embeds(embeds, "embeds", &mut errors);
        errors.finish().is_ok()
    }

    #[test]
    fn each_part_has_its_own_limit() {
        for (part, limit) in [("title", 256), ("description", 4096)] {
            assert!(ok(&[json!({part: "x".repeat(limit)})]), "{part}");
            assert!(!ok(&[json!({part: "x".repeat(limit + 1)})]), "{part}");
        }
        assert!(!ok(&[json!({"footer": {"text": "x".repeat(2049)}})]));
        assert!(!ok(&[
            json!({"fields": [{"name": "n", "value": "x".repeat(1025)}]})
        ]));
        assert!(!ok(&[json!({"fields": [{"name": "", "value": "x"}]})]));
        let field = json!({"name": "n", "value": "v"});
        assert!(ok(&[json!({"fields": vec![field.clone(); 25]})]));
        assert!(!ok(&[json!({"fields": vec![field; 26]})]));
    }

    #[test]
    fn all_embeds_of_a_message_share_6000_characters() {
        let embed = json!({"description": "x".repeat(3000)});
        assert!(ok(&[embed.clone(), embed.clone()]));
        assert!(!ok(&[embed.clone(), embed, json!({"title": "x"})]));
        assert!(!ok(&vec![json!({"title": "x"}); 11]));
    }
}
