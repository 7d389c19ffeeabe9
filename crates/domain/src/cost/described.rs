//! How the rates are described in the API's document.

use super::Category;
use crate::openapi::text;
use utoipa::openapi::{
    RefOr, Schema,
    schema::{Object, ObjectBuilder, OneOfBuilder, Type},
};

/// The categories that a table of rates may have.
fn categories() -> Object {
    let known = Category::ALL
        .iter()
        .filter(|category| **category != Category::Unknown);
    text()
        .enum_values(Some(known.map(|category| category.as_str())))
        .build()
}

/// Of a [`Market`](super::Market), as it is written.
pub(super) fn rates() -> RefOr<Schema> {
    let amount = text().pattern(Some("^[0-9]+(\\.[0-9]{1,6})?$"));
    ObjectBuilder::new()
        .description(Some("The price of a message, by its category."))
        .property_names(Some(categories()))
        .additional_properties(Some(amount))
        .examples([serde_json::json!({"utility": "0.0175"})])
        .into()
}

/// Of a [`MarketInput`](super::rates::MarketInput).
pub(super) fn rates_input() -> RefOr<Schema> {
    let amount = OneOfBuilder::new()
        .item(text().pattern(Some("^[0-9]{1,9}([.,][0-9]{1,6})?$")))
        .item(ObjectBuilder::new().schema_type(Type::Number).minimum(Some(0)));
    ObjectBuilder::new()
        .description(Some(
            "The price of a message, by its category: a decimal number with at most six decimals, in text or not.",
        ))
        .property_names(Some(categories()))
        .additional_properties(Some(Schema::OneOf(amount.build())))
        .min_properties(Some(1))
        .examples([serde_json::json!({"utility": "0.0175"})])
        .into()
}
