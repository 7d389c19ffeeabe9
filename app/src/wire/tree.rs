//! Types from a tree. Nothing here depends on the type where that can be helped: the browser has a copy of everything
//! that does for each type. For the same reason the error tells nothing.
//!
//! Forms know texts only: in them a text counts as a number or a truth value where one is wanted, and an empty text as
//! nothing where there may be nothing.

use serde::{
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected,
        VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map};
use std::{fmt::Display, slice, str::FromStr};

/// What was read is not what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not understood")]
pub struct NotUnderstood;

type Read<T> = Result<T, NotUnderstood>;

impl Error for NotUnderstood {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }

    // The rest would format what it found before it asks `custom`.

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// A place in the tree.
#[derive(Clone, Copy)]
pub(super) struct Node<'de> {
    pub(super) value: &'de Value,
    pub(super) of_form: bool,
}

impl<'de> Node<'de> {
    /// Another place of the same tree.
    fn at(self, value: &'de Value) -> Self {
        Self { value, ..self }
    }

    /// The text of a form.
    fn typed(self) -> Option<&'de str> {
        self.value.as_str().filter(|_| self.of_form)
    }

    /// A value that a form writes as a text.
    fn plain<T: FromStr>(self, in_json: fn(&Value) -> Option<T>) -> Read<T> {
        let value = match self.typed() {
            Some(text) => text.parse().ok(),
            None => in_json(self.value),
        };
        value.ok_or(NotUnderstood)
    }

    fn unsigned(self) -> Read<u64> {
        self.plain(Value::as_u64)
    }

    fn signed(self) -> Read<i64> {
        self.plain(Value::as_i64)
    }

    fn fraction(self) -> Read<f64> {
        self.plain(Value::as_f64)
    }

    fn truth(self) -> Read<bool> {
        self.plain(Value::as_bool)
    }

    fn text(self) -> Read<&'de str> {
        self.value.as_str().ok_or(NotUnderstood)
    }

    fn is_nothing(self) -> bool {
        self.value.is_null() || self.typed() == Some("")
    }

    fn list(self) -> Read<Items<'de>> {
        let list = self.value.as_array().ok_or(NotUnderstood)?;
        Ok(self.items(list))
    }

    fn items(self, list: &'de [Value]) -> Items<'de> {
        Items {
            left: list.iter(),
            tree: self,
        }
    }

    fn map(self) -> Read<Entries<'de>> {
        let map = self.value.as_object().ok_or(NotUnderstood)?;
        Ok(self.entries(map))
    }

    fn entries(self, map: &'de Map<String, Value>) -> Entries<'de> {
        Entries {
            left: map.iter(),
            value: None,
            tree: self,
        }
    }

    fn variant(self) -> Read<Variant<'de>> {
        match self.value {
            Value::String(name) => Ok(Variant(name, None)),
            Value::Object(map) if map.len() == 1 => {
                let (name, content) = map.iter().next().ok_or(NotUnderstood)?;
                Ok(Variant(name, Some(self.at(content))))
            }
            _ => Err(NotUnderstood),
        }
    }
}

struct Items<'de> {
    left: slice::Iter<'de, Value>,
    tree: Node<'de>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = NotUnderstood;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<Option<S::Value>> {
        match self.left.next() {
            Some(item) => seed.deserialize(self.tree.at(item)).map(Some),
            None => Ok(None),
        }
    }
}

struct Entries<'de> {
    left: map::Iter<'de>,
    value: Option<&'de Value>,
    tree: Node<'de>,
}

impl<'de> Entries<'de> {
    fn next(&mut self) -> Option<Key<'de>> {
        let (key, value) = self.left.next()?;
        self.value = Some(value);
        Some(Key(key))
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = NotUnderstood;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<Option<S::Value>> {
        match self.next() {
            Some(key) => seed.deserialize(key).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<S::Value> {
        let value = self.value.take().ok_or(NotUnderstood)?;
        seed.deserialize(self.tree.at(value))
    }
}

/// The name of a field or of a variant, or the key of a map.
struct Key<'de>(&'de str);

macro_rules! numbers {
    ($($name:ident $visit:ident)*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            visitor.$visit(self.0.parse().map_err(|_| NotUnderstood)?)
        })*
    };
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = NotUnderstood;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_str(self.0)
    }

    numbers! {
        deserialize_u8 visit_u64 deserialize_u16 visit_u64 deserialize_u32 visit_u64 deserialize_u64 visit_u64
        deserialize_i8 visit_i64 deserialize_i16 visit_i64 deserialize_i32 visit_i64 deserialize_i64 visit_i64
        deserialize_bool visit_bool
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_enum(Variant(self.0, None))
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

/// A variant's name, and its content if it has one.
struct Variant<'de>(&'de str, Option<Node<'de>>);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = NotUnderstood;
    type Variant = Content<'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Read<(S::Value, Content<'de>)> {
        Ok((seed.deserialize(Key(self.0))?, Content(self.1)))
    }
}

struct Content<'de>(Option<Node<'de>>);

impl<'de> Content<'de> {
    fn node(self) -> Read<Node<'de>> {
        self.0.ok_or(NotUnderstood)
    }
}

impl<'de> VariantAccess<'de> for Content<'de> {
    type Error = NotUnderstood;

    fn unit_variant(self) -> Read<()> {
        match self.0 {
            Some(node) if !node.value.is_null() => Err(NotUnderstood),
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Read<S::Value> {
        seed.deserialize(self.node()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        visitor.visit_seq(self.node()?.list()?)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        visitor.visit_map(self.node()?.map()?)
    }
}

macro_rules! each {
    ($look:ident, $visit:ident: $($name:ident)*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            visitor.$visit(self.$look()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = NotUnderstood;

    each!(unsigned, visit_u64: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    each!(signed, visit_i64: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64);
    each!(fraction, visit_f64: deserialize_f32 deserialize_f64);
    each!(truth, visit_bool: deserialize_bool);
    each!(text, visit_str: deserialize_char deserialize_str deserialize_string deserialize_identifier);
    each!(list, visit_seq: deserialize_seq);
    each!(map, visit_map: deserialize_map);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::String(text) => visitor.visit_str(text),
            Value::Array(list) => visitor.visit_seq(self.items(list)),
            Value::Object(map) => visitor.visit_map(self.entries(map)),
            Value::Number(number) => {
                if let Some(number) = number.as_u64() {
                    visitor.visit_u64(number)
                } else if let Some(number) = number.as_i64() {
                    visitor.visit_i64(number)
                } else {
                    visitor.visit_f64(self.fraction()?)
                }
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.is_nothing() {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            _ => Err(NotUnderstood),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_seq(self.list()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_map(self.map()?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_enum(self.variant()?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 bytes byte_buf }
}
