//! A message with a template, as Graph checks it before it answers.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>

use serde_json::Value;

use super::error::GraphError;
use crate::world::{TemplateSpec, World, values, variables};

/// In characters, of the filled text.
const LONGEST_HEADER: usize = 60;
const LONGEST_BODY: usize = 1024;

pub(super) fn check(world: &World, phone_number_id: &str, template: &Value) -> Result<(), GraphError> {
    let keys = template
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str());
    for key in keys {
        if !["name", "language", "components", "namespace"].contains(&key) {
            return Err(GraphError::parameter(format_args!(
                "Unexpected key \"{key}\" on param \"template\"."
            )));
        }
    }
    let (Some(name), Some(language)) = (template["name"].as_str(), template["language"]["code"].as_str())
    else {
        return Err(GraphError::parameter(
            "The parameter template['name'] is required.",
        ));
    };
    let known = world.template(phone_number_id, name, language);
    let unknown = || {
        let details = format!("template name ({name}) does not exist in {language}");
        GraphError::coded(132001, 404).with_details(details)
    };
    let known = &known.ok_or_else(unknown)?;
    match known.status.as_str() {
        "APPROVED" => {}
        "PAUSED" => return Err(GraphError::coded(132015, 400).with_details("Template is Paused")),
        "DISABLED" => return Err(GraphError::coded(132016, 400).with_details("Template is Disabled")),
        _ => return Err(unknown()),
    }
    check_types(template)?;
    check_header(known, template)?;
    let body = known
        .part("body")
        .and_then(|part| part["text"].as_str())
        .unwrap_or_default();
    check_texts(known, "body", body, values(template, "body"), LONGEST_BODY)?;
    check_buttons(known, template)
}

fn check_types(template: &Value) -> Result<(), GraphError> {
    let components = template["components"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    const TYPES: [&str; 5] = ["header", "body", "button", "carousel", "limited_time_offer"];
    for component in components {
        let kind = component["type"].as_str().unwrap_or_default().to_lowercase();
        if !TYPES.contains(&kind.as_str()) {
            return Err(GraphError::parameter(
                "Param template['components'][0]['type'] must be one of {HEADER, BODY, BUTTON, CAROUSEL, …}",
            ));
        }
    }
    Ok(())
}

fn check_header(known: &TemplateSpec, template: &Value) -> Result<(), GraphError> {
    let given = values(template, "header");
    let Some(header) = known.part("header") else {
        return match given {
            [] => Ok(()),
            _ => Err(count("header", given.len(), 0)),
        };
    };
    let format = header["format"].as_str().unwrap_or("TEXT");
    if format == "TEXT" {
        let text = header["text"].as_str().unwrap_or_default();
        return check_texts(known, "header", text, given, LONGEST_HEADER);
    }
    let received = given
        .first()
        .and_then(|value| value["type"].as_str())
        .unwrap_or("unknown");
    match received.eq_ignore_ascii_case(format) {
        true => Ok(()),
        false => Err(mismatch(format!(
            "header: Format mismatch, expected {format}, received {}",
            received.to_uppercase()
        ))),
    }
}

fn check_texts(
    known: &TemplateSpec,
    part: &str,
    text: &str,
    given: &[Value],
    longest: usize,
) -> Result<(), GraphError> {
    let wanted = variables(text);
    if given.len() != wanted.len() {
        return Err(count(part, given.len(), wanted.len()));
    }
    let named = known.parameter_format == "NAMED";
    let mut length = text.chars().count();
    for value in given {
        let name = value["parameter_name"].as_str();
        let fits = match name {
            Some(name) => named && wanted.iter().any(|wanted| wanted == name),
            None => !named,
        };
        if !fits {
            return Err(mismatch(format!("{part}: Parameter name is missing or wrong")));
        }
        match value["type"].as_str() {
            Some("text") => check_value(part, value["text"].as_str())?,
            Some("currency" | "date_time") => {}
            other => return Err(mismatch(format!("{part}: unexpected type {other:?}"))),
        }
        length += value["text"].as_str().unwrap_or_default().chars().count();
    }
    match length > longest + wanted.iter().map(|name| name.len() + 4).sum::<usize>() {
        true => Err(GraphError::coded(132005, 400).with_details(format!("{part}: Translated text too long"))),
        false => Ok(()),
    }
}

fn check_value(part: &str, text: Option<&str>) -> Result<(), GraphError> {
    let text = text.filter(|text| !text.trim().is_empty());
    let text =
        text.ok_or_else(|| GraphError::parameter(format_args!("{part}: a text value is required.")))?;
    match text.contains(['\n', '\t']) || text.contains("     ") {
        true => Err(GraphError::coded(132018, 400).with_details(
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        )),
        false => Ok(()),
    }
}

/// A URL with a variable and a code to copy need a value; a quick reply may have a payload.
fn check_buttons(known: &TemplateSpec, template: &Value) -> Result<(), GraphError> {
    let buttons = known.part("buttons").and_then(|part| part["buttons"].as_array());
    let buttons = buttons.map(Vec::as_slice).unwrap_or_default();
    let components = template["components"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let given = components.iter().filter(|component| {
        component["type"]
            .as_str()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("button"))
    });
    let index = |component: &Value| {
        let index = &component["index"];
        index
            .as_str()
            .and_then(|index| index.parse().ok())
            .or(index.as_u64())
    };
    for component in given.clone() {
        let n = index(component).and_then(|n| usize::try_from(n).ok());
        let button = n.and_then(|n| buttons.get(n));
        let fits = button.is_some_and(|button| {
            let kind = button["type"].as_str().unwrap_or_default();
            kind.eq_ignore_ascii_case(component["sub_type"].as_str().unwrap_or_default())
        });
        if !fits {
            return Err(mismatch(
                "button: there is no such button of this type".to_owned(),
            ));
        }
    }
    for (n, button) in buttons.iter().enumerate() {
        let has_variable = !variables(button["url"].as_str().unwrap_or_default()).is_empty();
        let needs = has_variable || button["type"] == "COPY_CODE";
        let own = given.clone().find(|component| index(component) == Some(n as u64));
        let has = own.is_some_and(|own| own["parameters"].as_array().is_some_and(|own| own.len() == 1));
        if needs && !has {
            return Err(GraphError::parameter(format_args!(
                "Invalid parameter: button at index {n} of type {} requires a parameter",
                button["type"].as_str().unwrap_or_default()
            )));
        }
    }
    Ok(())
}

fn count(part: &str, given: usize, wanted: usize) -> GraphError {
    GraphError::coded(132000, 400).with_details(format!(
        "{part}: number of localizable_params ({given}) does not match the expected number of params ({wanted})"
    ))
}

fn mismatch(details: String) -> GraphError {
    GraphError::coded(132012, 400).with_details(details)
}
