//! JSON of undocumented shape, such as the answers of a flow, as a list of fields: each value with its path.

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::json::{self, Object};

/// Maximum nesting of objects and lists; deeper parts are shown as JSON.
const DEEPEST: usize = 12;
/// Maximum number of fields of one text; the rest becomes one field, so that nothing is left out.
const MAX: usize = 500;

/// One value and its path: `address`, `street`; list items are counted from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub place: Vec<String>,
    pub value: String,
}

/// The fields of a JSON text, in its order. `None` if the text is not JSON.
pub fn fields(text: &str) -> Option<Vec<Field>> {
    let raw: &RawValue = serde_json::from_str(text).ok()?;
    let mut found = Vec::new();
    walk(raw, &mut Vec::new(), &mut found);
    if found.len() > MAX {
        let rest = found.split_off(MAX);
        let line = |field: &Field| format!("{}: {}", field.place.join("."), field.value);
        found.push(Field {
            place: vec!["…".to_owned()],
            value: rest.iter().map(line).collect::<Vec<_>>().join("\n"),
        });
    }
    Some(found)
}

/// The fields of one part of a JSON text, like [`fields`]; empty if the part is missing.
pub fn fields_at(text: &str, place: &[&str]) -> Vec<Field> {
    fn part<'a>(raw: &'a RawValue, place: &[&str]) -> Option<&'a RawValue> {
        match place.split_first() {
            None => Some(raw),
            Some((key, rest)) => part(Object::open(raw)?.raw(key)?, rest),
        }
    }
    let whole: Option<&RawValue> = serde_json::from_str(text).ok();
    let part = whole.and_then(|raw| part(raw, place));
    part.and_then(|raw| fields(raw.get())).unwrap_or_default()
}

fn walk(raw: &RawValue, place: &mut Vec<String>, found: &mut Vec<Field>) {
    let text = raw.get();
    let parts = (place.len() < DEEPEST).then(|| parts(raw)).flatten();
    match parts {
        Some(parts) if !parts.is_empty() => {
            for (key, part) in parts {
                place.push(key);
                walk(part, place, found);
                place.pop();
            }
        }
        _ if matches!(text, "null" | "{}" | "[]" | "\"\"") => found.push(Field {
            place: place.clone(),
            value: String::new(),
        }),
        _ => found.push(Field {
            place: place.clone(),
            value: json::string(raw).unwrap_or_else(|| text.to_owned()),
        }),
    }
}

fn parts(raw: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    if let Ok(Ordered(parts)) = serde_json::from_str(raw.get()) {
        return Some(parts);
    }
    let items: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
    let number = |(n, item)| (usize::to_string(&(n + 1)), item);
    Some(items.into_iter().enumerate().map(number).collect())
}

/// An object's fields in their original order.
struct Ordered<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Ordered<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Ordered<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut parts = Vec::new();
                while let Some(part) = map.next_entry()? {
                    parts.push(part);
                }
                Ok(Ordered(parts))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(String, String)> {
        let found = fields(text).unwrap();
        found
            .into_iter()
            .map(|field| (field.place.join("."), field.value))
            .collect()
    }

    fn pair(place: &str, value: &str) -> (String, String) {
        (place.to_owned(), value.to_owned())
    }

    #[test]
    fn every_value_stands_with_its_place_and_in_its_order() {
        assert_eq!(
            shown(
                r#"{"z":"last first","a":{"street":"Nov\u00e1","floors":[1,2.50]},"ok":true,"no":null,"big":12345678901234567890123,"of":[{"n":"x"}],"none":{}}"#
            ),
            [
                pair("z", "last first"),
                pair("a.street", "Nová"),
                pair("a.floors.1", "1"),
                pair("a.floors.2", "2.50"),
                pair("ok", "true"),
                pair("no", ""),
                pair("big", "12345678901234567890123"),
                pair("of.1.n", "x"),
                pair("none", ""),
            ]
        );
    }

    #[test]
    fn one_part_is_read_alone() {
        let text = r#"{"a":{"b":{"c":"x"},"d":"y"}}"#;
        let places = |place: &[&str]| -> Vec<_> {
            let found = fields_at(text, place).into_iter();
            found.map(|field| (field.place.join("."), field.value)).collect()
        };
        assert_eq!(places(&["a"]), [pair("b.c", "x"), pair("d", "y")]);
        assert_eq!(places(&["a", "b"]), [pair("c", "x")]);
        assert_eq!(places(&["a", "d"]), [pair("", "y")]);
        assert_eq!(places(&["a", "d", "e"]), []);
        assert_eq!(fields_at("{", &[]), []);
    }

    #[test]
    fn what_is_no_object_is_shown_too() {
        assert_eq!(shown("7"), [pair("", "7")]);
        assert_eq!(shown(r#"["a"]"#), [pair("1", "a")]);
        assert_eq!(fields("{\"a\": "), None);
    }

    #[test]
    fn what_is_deep_or_endless_is_whole_and_bounded() {
        let deep = format!("{}1{}", "[".repeat(3000), "]".repeat(3000));
        let found = shown(&deep);
        assert_eq!(found.len(), 1);
        assert!(found[0].1.starts_with("[[") && found[0].1.len() == deep.len() - 2 * DEEPEST);
        let many: Vec<_> = (0..5000).collect();
        let many = serde_json::to_string(&vec![many; 3]).unwrap();
        let found = shown(&many);
        assert_eq!(found.len(), MAX + 1);
        assert!(found[MAX].1.ends_with("3.5000: 4999"), "nothing is left out");
    }
}
