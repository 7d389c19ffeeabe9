//! Lenient reading of Meta's JSON. Objects are parsed one level at a time and each field keeps its own text. A field
//! with a wrong type is therefore absent instead of an error, and every part can be kept as received.

use std::{borrow::Cow, collections::HashMap, str::FromStr};

use serde_json::value::RawValue;

/// An object whose fields are still unparsed text. Key order does not matter; of duplicate keys the last counts; `null`
/// counts as absent.
#[derive(Debug)]
pub(crate) struct Object<'a>(HashMap<String, &'a RawValue>);

impl<'a> Object<'a> {
    /// `None` if the text is not an object.
    pub fn open(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok().map(Self)
    }

    pub fn raw(&self, key: &str) -> Option<&'a RawValue> {
        self.0.get(key).copied().filter(|raw| raw.get() != "null")
    }

    pub fn object(&self, key: &str) -> Option<Object<'a>> {
        self.raw(key).and_then(Object::open)
    }

    /// A value in place of a list counts as a list of one, so that nothing received is ignored.
    pub fn list(&self, key: &str) -> Vec<&'a RawValue> {
        let Some(raw) = self.raw(key) else {
            return Vec::new();
        };
        serde_json::from_str(raw.get()).unwrap_or_else(|_| vec![raw])
    }

    /// The objects of a list; other items are ignored.
    pub fn objects(&self, key: &str) -> impl Iterator<Item = Object<'a>> + use<'a> {
        self.list(key).into_iter().filter_map(Object::open)
    }

    /// The items of a list: each an object, or the text of an item that is not an object.
    pub fn each(&self, key: &str) -> impl Iterator<Item = (Option<Object<'a>>, Option<String>)> + use<'a> {
        self.list(key).into_iter().map(|raw| {
            let text = string(raw).filter(|text| !text.is_empty());
            (Object::open(raw), text)
        })
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A string, which may be empty, or a number with its original digits.
    pub fn string(&self, key: &str) -> Option<String> {
        self.raw(key).and_then(string)
    }

    /// Like [`string`](Self::string), but empty strings, which Meta sends, count as absent.
    pub fn text(&self, key: &str) -> Option<String> {
        self.string(key).filter(|text| !text.is_empty())
    }

    /// A text that parses as a `T`: a number with or without quotes, an id.
    pub fn parsed<T: FromStr>(&self, key: &str) -> Option<T> {
        self.string(key)?.trim().parse().ok()
    }

    pub fn flag(&self, key: &str) -> bool {
        self.raw(key)
            .is_some_and(|raw| matches!(raw.get(), "true" | "\"true\""))
    }

    pub fn value(&self, key: &str) -> Option<serde_json::Value> {
        self.raw(key).and_then(|raw| serde_json::from_str(raw.get()).ok())
    }
}

/// All of Meta's text is read here. NUL, which people can send but PostgreSQL cannot store, becomes U+FFFD.
pub(crate) fn string(raw: &RawValue) -> Option<String> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' => serde_json::from_str(text)
            .or_else(|_| serde_json::from_str(&mend_surrogates(text)))
            .map(|text: String| match text.contains('\0') {
                true => text.replace('\0', "\u{FFFD}"),
                false => text,
            })
            .ok(),
        b'-' | b'0'..=b'9' => Some(text.to_owned()),
        _ => None,
    }
}

/// Meta escapes its payloads as UTF-16. Text that is cut inside an emoji ends in half of a surrogate pair, which is not
/// a valid string. The half becomes U+FFFD, and the rest of the text is kept.
fn mend_surrogates(json: &str) -> Cow<'_, str> {
    mend(json, |_| false)
}

/// JSON that every database takes: each half of a surrogate pair and each NUL is U+FFFD.
pub(crate) fn storable(json: &str) -> Cow<'_, str> {
    mend(json, |unit| unit == 0)
}

/// Halves of surrogate pairs become U+FFFD, and so does every escaped code unit that is unfit.
fn mend(json: &str, is_unfit: impl Fn(u16) -> bool) -> Cow<'_, str> {
    if !json.contains("\\u") {
        return Cow::Borrowed(json);
    }
    let mut mended = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let length = match (code_unit(escape), escape.get(6..).and_then(code_unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(unit), _) if is_unfit(unit) || matches!(unit, 0xD800..=0xDFFF) => {
                mended.push('\u{FFFD}');
                rest = &escape[6..];
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => 2.min(escape.len()),
        };
        let (kept, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        mended.push_str(kept);
        rest = after;
    }
    mended.push_str(rest);
    Cow::Owned(mended)
}

/// The UTF-16 code unit of a `\uXXXX` at the start of the text.
fn code_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(json: &str, look: impl FnOnce(Object<'_>) -> T) -> T {
        let raw: &RawValue = serde_json::from_str(json).unwrap();
        look(Object::open(raw).unwrap())
    }

    #[test]
    fn a_field_of_a_wrong_type_is_absent() {
        with(
            r#"{"a":null,"b":[1],"c":"","d":7,"e":"8","f":"x","g":true,"h":1e999}"#,
            |o| {
                assert_eq!((o.string("a"), o.string("b"), o.string("z")), (None, None, None));
                assert_eq!((o.string("c"), o.text("c")), (Some(String::new()), None));
                assert_eq!((o.text("d"), o.parsed::<i64>("d")), (Some("7".into()), Some(7)));
                assert_eq!((o.parsed::<i64>("e"), o.parsed::<i64>("f")), (Some(8), None));
                assert!(o.flag("g") && !o.flag("d") && !o.flag("z"));
                assert!(o.object("b").is_none() && o.value("h").is_none());
            },
        );
    }

    #[test]
    fn one_value_is_a_list_of_one_and_null_a_list_of_none() {
        with(
            r#"{"a":null,"b":[],"c":[1,2],"d":{"x":1},"e":[1,{"x":2}]}"#,
            |o| {
                assert_eq!(
                    ["a", "b", "c", "d", "z"].map(|key| o.list(key).len()),
                    [0, 0, 2, 1, 0]
                );
                assert_eq!(
                    o.objects("e").filter_map(|e| e.parsed("x")).collect::<Vec<i64>>(),
                    [2]
                );
            },
        );
    }

    #[test]
    fn of_equal_keys_the_last_counts() {
        with(r#"{"a":"first","a":"last"}"#, |o| {
            assert_eq!(o.text("a").unwrap(), "last")
        });
    }

    #[test]
    fn nul_is_in_no_text() {
        with(
            r#"{"a":"x\u0000y","b":"\u0000","c":"\\u0000","d":["\u0000"]}"#,
            |o| {
                assert_eq!(o.text("a").unwrap(), "x\u{FFFD}y");
                assert_eq!(o.parsed::<String>("b").unwrap(), "\u{FFFD}");
                assert_eq!(o.text("c").unwrap(), r"\u0000", "a backslash and what follows it");
                assert_eq!(o.each("d").next().unwrap().1.unwrap(), "\u{FFFD}");
            },
        );
    }

    #[test]
    fn stored_json_has_no_nul_and_keeps_its_backslashes() {
        let json = r#"["x\u0000y\ud83d", "\\u0000", "\ud83d\ude00"]"#;
        let texts: Vec<String> = serde_json::from_str(&storable(json)).unwrap();
        assert_eq!(texts, ["x\u{FFFD}y\u{FFFD}", r"\u0000", "😀"]);
    }

    #[test]
    fn half_an_emoji_costs_only_itself() {
        with(
            r#"{"a":"cut \ud83d","b":"\udc00 \\ud83d \ud83d\ude00 \ud83d\ud83d\u00e4\n"}"#,
            |o| {
                assert_eq!(o.text("a").unwrap(), "cut \u{FFFD}");
                assert_eq!(o.text("b").unwrap(), "\u{FFFD} \\ud83d 😀 \u{FFFD}\u{FFFD}ä\n");
            },
        );
    }
}
