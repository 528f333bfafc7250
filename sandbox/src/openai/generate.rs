//! Walks a JSON schema and fills it with texts about the brief.
//! The outer array of a schema holds alternatives, an inner one (or one called `segments`, `thread`, `posts`, `parts`) a sequence.

use serde_json::{Map, Value, json};

use super::brief::Brief;
use super::prose::{self, Place};
use super::schema::{kind, resolved};

/// Deeper than any schema that the strict rules let through.
const DEPTH: usize = 30;
const ALTERNATIVES: usize = 3;

/// JSON of this schema about this brief; `choice` tells the choices of one request apart.
pub(crate) fn value(schema: &Value, brief: &Brief, choice: usize, too_long: bool) -> Value {
    let place = Place {
        candidate: choice * 5,
        ..Place::default()
    };
    Walk {
        root: schema,
        brief,
        too_long,
    }
    .value(
        schema,
        "",
        Spot {
            place,
            inside: false,
            depth: 0,
        },
    )
}

struct Walk<'a> {
    root: &'a Value,
    brief: &'a Brief,
    too_long: bool,
}

#[derive(Clone, Copy)]
struct Spot {
    place: Place,
    /// Whether we are inside an alternative already.
    inside: bool,
    depth: usize,
}

impl Walk<'_> {
    fn value(&self, schema: &Value, name: &str, spot: Spot) -> Value {
        let schema = resolved(self.root, schema);
        if spot.depth > DEPTH {
            return Value::Null;
        }
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        if let Some(values) = schema["enum"]
            .as_array()
            .filter(|values| !values.is_empty())
        {
            let at = usize::try_from(self.brief.seed % 1009).unwrap_or(0) + spot.place.candidate;
            return values[at % values.len()].clone();
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let first = choices.iter().find(|choice| choice["type"] != "null");
            return first.map_or(Value::Null, |choice| self.value(choice, name, deeper(spot)));
        }
        match kind(schema) {
            Some("object") => self.object(schema, spot),
            Some("array") => self.array(schema, name, spot),
            Some("string") => self.string(schema, name, spot.place).into(),
            Some("integer") => json!(bounded(schema, 1.0) as i64),
            Some("number") => json!(bounded(schema, 0.8)),
            Some("boolean") => false.into(),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value, spot: Spot) -> Value {
        let properties = schema["properties"].as_object().into_iter().flatten();
        let filled: Map<String, Value> = properties
            .map(|(name, inner)| (name.clone(), self.value(inner, name, deeper(spot))))
            .collect();
        filled.into()
    }

    fn array(&self, schema: &Value, name: &str, spot: Spot) -> Value {
        let is_sequence = spot.inside || ["segments", "thread", "posts", "parts"].contains(&name);
        let wanted = if is_sequence {
            self.brief.segments.unwrap_or(1)
        } else {
            self.brief.candidates.unwrap_or(ALTERNATIVES)
        };
        let wanted = if name.contains("hashtag") { 1 } else { wanted };
        let bound = |key: &str| schema[key].as_u64().and_then(|n| usize::try_from(n).ok());
        let count = wanted
            .max(bound("minItems").unwrap_or(0))
            .min(bound("maxItems").unwrap_or(usize::MAX));
        let item = |n: usize| {
            let place = if is_sequence {
                Place {
                    segment: n,
                    of: count,
                    ..spot.place
                }
            } else {
                Place {
                    candidate: spot.place.candidate + n,
                    ..spot.place
                }
            };
            self.value(
                &schema["items"],
                name,
                Spot {
                    place,
                    inside: true,
                    depth: spot.depth + 1,
                },
            )
        };
        (0..count).map(item).collect()
    }

    fn string(&self, schema: &Value, name: &str, place: Place) -> String {
        let lower = name.to_lowercase();
        let means = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let keyword = &self.brief.keywords[place.candidate % self.brief.keywords.len()];
        let text = if means(&["hashtag"]) {
            format!("#{keyword}")
        } else if means(&["alt"]) {
            format!("A photo that shows {}", self.brief.topic)
        } else if means(&["lang"]) {
            "en".into()
        } else if means(&[
            "reason", "rational", "note", "angle", "tone", "summary", "title", "why", "explan",
        ]) {
            prose::remark(self.brief, place)
        } else if self.too_long {
            prose::overlong(self.brief, place)
        } else {
            prose::text(self.brief, place)
        };
        let most = schema["maxLength"]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .filter(|_| !self.too_long);
        text.chars().take(most.unwrap_or(usize::MAX)).collect()
    }
}

fn deeper(spot: Spot) -> Spot {
    Spot {
        depth: spot.depth + 1,
        ..spot
    }
}

fn bounded(schema: &Value, usual: f64) -> f64 {
    let bound = |key: &str| schema[key].as_f64();
    usual
        .max(bound("minimum").unwrap_or(f64::MIN))
        .min(bound("maximum").unwrap_or(f64::MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn brief(text: &str) -> Brief {
        Brief::read(&[("user".into(), text.into())])
    }

    fn threads() -> Value {
        json!({ "type": "object", "properties": { "candidates": { "type": "array", "items": {
            "type": "object", "properties": {
                "segments": { "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 6 },
                "tone": { "type": "string", "enum": ["warm", "dry"] },
                "score": { "type": "number", "minimum": 0, "maximum": 0.5 },
                "link": { "type": ["string", "null"] },
            },
        } } } })
    }

    #[test]
    fn a_schema_is_filled_with_alternatives_of_sequences() {
        let made = value(
            &threads(),
            &brief("Brief: a thread about tea in 4 posts\nWrite 2 candidates"),
            0,
            false,
        );
        let candidates = made["candidates"].as_array().unwrap();
        assert_eq!(candidates.len(), 2);
        assert_eq!(candidates[0]["segments"].as_array().unwrap().len(), 4);
        assert_ne!(candidates[0]["segments"][0], candidates[1]["segments"][0]);
        assert!(["warm", "dry"].contains(&candidates[0]["tone"].as_str().unwrap()));
        assert_eq!(candidates[0]["score"], 0.5);
    }

    #[test]
    fn a_single_post_has_one_segment_and_the_bounds_win() {
        let made = value(&threads(), &brief("Brief: tea"), 0, false);
        assert_eq!(made["candidates"].as_array().unwrap().len(), 3);
        assert_eq!(
            made["candidates"][0]["segments"].as_array().unwrap().len(),
            1
        );
        let bounded =
            json!({ "type": "array", "minItems": 5, "maxItems": 5, "items": { "type": "string" } });
        assert_eq!(
            value(&bounded, &brief("Brief: tea"), 0, false)
                .as_array()
                .unwrap()
                .len(),
            5
        );
    }

    #[test]
    fn a_schema_that_holds_itself_comes_to_an_end() {
        let nested = json!({ "type": "object", "properties": { "again": { "$ref": "#" } } });
        assert!(value(&nested, &brief("Brief: tea"), 0, false).is_object());
    }
}
