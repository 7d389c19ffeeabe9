//! What is read is what `serde_json` and `serde_qs` read, for the shapes that types on the wire have.

use super::*;
use proptest::{collection::vec, option, prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Number(u32);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Plain {
    One,
    Two(Box<Shapes>),
    Three(i8, String),
    Four { left: bool, right: Option<f64> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Tagged {
    Empty,
    Full {
        text: String,
        at: i64,
        inner: Vec<Number>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value")]
enum Beside {
    Unit,
    Text(String),
    Pair(u8, Option<u8>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Truth(bool),
    Whole(i64),
    Text(String),
    Named { name: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Inner {
    small: u8,
    #[serde(default)]
    missing: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Shapes {
    text: String,
    letter: char,
    large: u64,
    below: i64,
    fraction: f64,
    maybe: Option<Number>,
    either: Vec<Either>,
    tagged: Vec<Tagged>,
    beside: Vec<Beside>,
    plain: Vec<Plain>,
    by_number: BTreeMap<u32, String>,
    by_name: BTreeMap<String, Option<bool>>,
    pair: (i32, String),
    nothing: (),
    anything: Value,
    #[serde(flatten)]
    inner: Inner,
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z]{0,3}",
        Just("1".to_owned()),
        Just("true".to_owned())
    ]
}

/// Whole enough to be the same after a way through text.
fn fraction() -> impl Strategy<Value = f64> {
    any::<i32>().prop_map(|n| f64::from(n) / 4.0)
}

fn plain(inner: BoxedStrategy<Shapes>) -> impl Strategy<Value = Plain> {
    prop_oneof![
        Just(Plain::One),
        inner.prop_map(|shapes| Plain::Two(Box::new(shapes))),
        (any::<i8>(), text()).prop_map(|(a, b)| Plain::Three(a, b)),
        (any::<bool>(), option::of(fraction())).prop_map(|(left, right)| Plain::Four { left, right }),
    ]
}

fn either() -> impl Strategy<Value = Either> {
    prop_oneof![
        any::<bool>().prop_map(Either::Truth),
        any::<i64>().prop_map(Either::Whole),
        text().prop_map(Either::Text),
        text().prop_map(|name| Either::Named { name }),
    ]
}

fn tagged() -> impl Strategy<Value = Tagged> {
    prop_oneof![
        Just(Tagged::Empty),
        (text(), any::<i64>(), vec(any::<u32>().prop_map(Number), 0..3))
            .prop_map(|(text, at, inner)| Tagged::Full { text, at, inner }),
    ]
}

fn beside() -> impl Strategy<Value = Beside> {
    prop_oneof![
        Just(Beside::Unit),
        text().prop_map(Beside::Text),
        (any::<u8>(), any::<Option<u8>>()).prop_map(|(a, b)| Beside::Pair(a, b)),
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        fraction().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(text(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn shapes(plain: BoxedStrategy<Plain>) -> BoxedStrategy<Shapes> {
    let words = (text(), any::<char>(), any::<u64>(), any::<i64>(), fraction());
    let lists = (
        vec(either(), 0..3),
        vec(tagged(), 0..3),
        vec(beside(), 0..3),
        vec(plain, 0..2),
    );
    let maps = (
        proptest::collection::btree_map(any::<u32>(), text(), 0..3),
        proptest::collection::btree_map(text(), any::<Option<bool>>(), 0..3),
    );
    let rest = (
        option::of(any::<u32>().prop_map(Number)),
        any::<i32>(),
        any::<u8>(),
        vec(text(), 0..2),
        json_value(),
    );
    (words, lists, maps, rest)
        .prop_map(|(words, lists, maps, rest)| Shapes {
            text: words.0.clone(),
            letter: words.1,
            large: words.2,
            below: words.3,
            fraction: words.4,
            maybe: rest.0,
            either: lists.0,
            tagged: lists.1,
            beside: lists.2,
            plain: lists.3,
            by_number: maps.0,
            by_name: maps.1,
            pair: (rest.1, words.0),
            nothing: (),
            anything: rest.4,
            inner: Inner {
                small: rest.2,
                missing: rest.3,
            },
        })
        .boxed()
}

fn all_shapes() -> impl Strategy<Value = Shapes> {
    let flat = shapes(Just(Plain::One).boxed());
    shapes(plain(flat).boxed())
}

/// The tree with one of its places taken away, or replaced.
fn damage(tree: &mut Value, path: &[usize], with: Option<&Value>) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    match tree {
        Value::Object(map) if !map.is_empty() => {
            let key = map.keys().nth(first % map.len()).cloned().unwrap_or_default();
            match (rest, with) {
                ([], None) => drop(map.remove(&key)),
                ([], Some(with)) => drop(map.insert(key, with.clone())),
                _ => damage(&mut map[&key], rest, with),
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let at = first % list.len();
            match (rest, with) {
                ([], None) => drop(list.remove(at)),
                ([], Some(with)) => list[at] = with.clone(),
                _ => damage(&mut list[at], rest, with),
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(shapes in all_shapes()) {
        let json = serde_json::to_string(&shapes).unwrap();
        prop_assert_eq!(read::<Shapes>(&json), Ok(shapes));
    }

    #[test]
    fn damaged_json_is_read_as_by_serde_json(
        shapes in all_shapes(),
        path in vec(any::<usize>(), 1..4),
        with in option::of(json_value().prop_filter("a list is no struct", |with| !with.is_array())),
    ) {
        let mut tree = serde_json::to_value(&shapes).unwrap();
        damage(&mut tree, &path, with.as_ref());
        let json = tree.to_string();
        prop_assert_eq!(read::<Shapes>(&json).ok(), serde_json::from_str::<Shapes>(&json).ok());
    }

    #[test]
    fn any_text_is_read_as_by_serde_json(json in any::<String>()) {
        prop_assert_eq!(read::<Value>(&json).ok(), serde_json::from_str::<Value>(&json).ok());
    }

    #[test]
    fn a_form_is_read_as_by_serde_qs(
        fields in proptest::collection::btree_map(name(), text(), 0..6),
        members in vec(text(), 0..4),
    ) {
        let members = members.into_iter().map(|member| ("form[members][]", member));
        let fields = fields.into_iter().chain(members);
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        prop_assert_eq!(read_form::<Outer>(&text).ok(), theirs(&text), "{}", text);
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Outer {
    version: i64,
    #[serde(default)]
    form: Fields,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    members: Vec<String>,
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    role: Option<Role>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Admin,
    Operator,
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "version",
        "next",
        "other",
        "form[name]",
        "form[enabled]",
        "form[role]",
        "form[other]",
    ])
}

fn theirs(text: &str) -> Option<Outer> {
    serde_qs::Config::new(5, false).deserialize_str(text).ok()
}

/// Both readers are given what a browser sends.
#[test]
fn a_browsers_form_is_read_as_in_the_process() {
    let texts = [
        "version=7&form%5Bname%5D=%C5%98eho%C5%99+N%26K&form%5Bmembers%5D%5B%5D=a&form%5Bmembers%5D%5B%5D=b&next=",
        "version=7&form[enabled]=true&form[role]=admin&more=1&form[other]=2",
        "version=7&form[enabled]=on",
        "version=&form[name]=x",
        "version=7&form[role]=nobody",
        "version=7",
        "form[name]=x",
        "",
    ];
    for text in texts {
        let theirs = serde_qs::Config::new(5, false)
            .deserialize_str::<Outer>(text)
            .ok();
        assert_eq!(read_form::<Outer>(text).ok(), theirs, "{text}");
    }
}

#[test]
fn a_struct_is_no_list() {
    assert_eq!(read::<Inner>("[1, []]"), Err(NotUnderstood));
    assert_eq!(
        read::<Inner>(r#"{"small": 1}"#).map(|inner| json!(inner)),
        Ok(json!({"small": 1, "missing": []}))
    );
}
