//! What the descriptions of types in the API's document (<https://spec.openapis.org/oas/v3.1.0>) have in common. A
//! derive describes what it can; what serde writes in another way is described by hand.

use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        RefOr,
        schema::{
            AdditionalProperties, ArrayItems, Object, ObjectBuilder, OneOfBuilder, Ref, Schema, SchemaFormat,
            Type,
        },
    },
};

/// Components by their names.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// Removes the defaults that say nothing. For a struct with `#[serde(default)]` the derive tells the empty value of
/// each field, and generators of clients take a field with a default for one that every answer has.
pub fn without_empty_defaults(schema: &mut RefOr<Schema>) {
    let mut inner = Vec::new();
    let default = match schema {
        RefOr::Ref(reference) => &mut reference.default,
        RefOr::T(Schema::Object(object)) => {
            inner.extend(object.properties.values_mut());
            if let Some(AdditionalProperties::RefOr(values)) = object.additional_properties.as_deref_mut() {
                inner.push(values);
            }
            &mut object.default
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                inner.push(items);
            }
            &mut array.default
        }
        RefOr::T(Schema::OneOf(one)) => {
            inner.extend(&mut one.items);
            &mut one.default
        }
        RefOr::T(Schema::AllOf(all)) => {
            inner.extend(&mut all.items);
            &mut all.default
        }
        RefOr::T(Schema::AnyOf(any)) => {
            inner.extend(&mut any.items);
            &mut any.default
        }
        RefOr::T(_) => return,
    };
    default.take_if(|default| match default {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    });
    inner.into_iter().for_each(without_empty_defaults);
}

pub(crate) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// One word, and no other text.
pub(crate) fn word(word: &str) -> Object {
    text().enum_values(Some([word])).build()
}

/// The description of an id.
pub(crate) fn id(about: &str) -> RefOr<Schema> {
    let format = SchemaFormat::Custom("uuid".to_owned());
    text().format(Some(format)).description(Some(about.trim())).into()
}

/// An object without other fields.
pub(crate) fn closed(object: ObjectBuilder) -> ObjectBuilder {
    object.additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

/// An object with any fields.
pub(crate) fn open() -> ObjectBuilder {
    ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true)))
}

/// A reference to the component of a type.
pub(crate) fn reference<T: ToSchema>() -> RefOr<Schema> {
    Ref::from_schema_name(T::name()).into()
}

/// Adds the component of a type, and all that it refers to.
pub(crate) fn collect<T: ToSchema>(schemas: &mut Schemas) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// The capacity of an extension: a number, or its digits.
pub(crate) fn capacity() -> RefOr<Schema> {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(crate::presence::MAX_CAPACITY));
    OneOfBuilder::new()
        .description(Some(
            "Open sessions up to which it is given more; empty or `null`: the default.",
        ))
        .item(number)
        .item(text().pattern(Some("^([1-9][0-9]{0,2}|1000)?$")))
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .into()
}
