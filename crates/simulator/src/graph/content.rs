//! What Meta refuses of a message that is more than words, before it accepts it. Meta's own wording is
//! `Button title length invalid. Min length: 1, Max length: 20`.
//!
//! | kind | limits |
//! |---|---|
//! | buttons | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages> |
//! | list | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages> |
//! | button that leads to a page | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-cta-url-messages> |
//! | request for the location | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-request-messages> |
//! | location | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-messages> |
//! | contacts | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/contacts-messages> |

use std::collections::HashSet;
use std::fmt::Display;

use serde_json::Value;

use super::error::GraphError;

type Checked = Result<(), GraphError>;

pub(super) fn check(kind: &str, content: &Value) -> Checked {
    match kind {
        "interactive" => interactive(content),
        "location" => location(content),
        "contacts" => contacts(content),
        _ => Ok(()),
    }
}

fn refuse(details: impl Display) -> Checked {
    Err(GraphError::value(details.to_string()))
}

fn length(what: &str, text: &Value, least: usize, most: usize) -> Checked {
    let length = text.as_str().map_or(0, |text| text.chars().count());
    match (least..=most).contains(&length) {
        true => Ok(()),
        false => refuse(format_args!(
            "{what} length invalid. Min length: {least}, Max length: {most}"
        )),
    }
}

fn list_of<'a>(what: &str, list: &'a Value, most: usize) -> Result<&'a [Value], GraphError> {
    match list.as_array() {
        Some(list) if (1..=most).contains(&list.len()) => Ok(list),
        _ => Err(GraphError::value(format!(
            "{what} count invalid. Min: 1, Max: {most}"
        ))),
    }
}

fn all_differ<'a>(what: &str, values: impl IntoIterator<Item = &'a Value>) -> Checked {
    let mut seen = HashSet::new();
    match values.into_iter().all(|value| seen.insert(value.to_string())) {
        true => Ok(()),
        false => refuse(format_args!("Duplicate {what}")),
    }
}

fn interactive(content: &Value) -> Checked {
    let kind = content["type"].as_str().unwrap_or_default();
    let action = &content["action"];
    let longest_body = if kind == "list" { 4096 } else { 1024 };
    if matches!(kind, "button" | "list" | "cta_url" | "location_request_message") {
        length("Body text", &content["body"]["text"], 1, longest_body)?;
        length("Footer text", &content["footer"]["text"], 0, 60)?;
        length("Header text", &content["header"]["text"], 0, 60)?;
    }
    match kind {
        "button" => {
            let buttons = list_of("Button", &action["buttons"], 3)?;
            for button in buttons {
                length("Button title", &button["reply"]["title"], 1, 20)?;
                length("Button id", &button["reply"]["id"], 1, 256)?;
            }
            all_differ(
                "button title",
                buttons.iter().map(|button| &button["reply"]["title"]),
            )?;
            all_differ("button id", buttons.iter().map(|button| &button["reply"]["id"]))
        }
        "list" => {
            length("Button text", &action["button"], 1, 20)?;
            let sections = list_of("Section", &action["sections"], 10)?;
            let mut all = Vec::new();
            for section in sections {
                let least = usize::from(sections.len() > 1);
                length("Section title", &section["title"], least, 24)?;
                all.extend(list_of("Row", &section["rows"], 10)?);
            }
            if all.len() > 10 {
                return refuse("Total row count exceed max allowed count: 10");
            }
            for row in &all {
                length("Row title", &row["title"], 1, 24)?;
                length("Row id", &row["id"], 1, 200)?;
                length("Row description", &row["description"], 0, 72)?;
            }
            all_differ("row id", all.iter().map(|row| &row["id"]))
        }
        "cta_url" => {
            length("Display text", &action["parameters"]["display_text"], 1, 20)?;
            let url = action["parameters"]["url"].as_str().unwrap_or_default();
            match url.starts_with("https://") || url.starts_with("http://") {
                true => Ok(()),
                false => refuse("Invalid URL"),
            }
        }
        "location_request_message" if action["name"] != "send_location" => refuse("Invalid action name"),
        _ => Ok(()),
    }
}

fn location(content: &Value) -> Checked {
    for (name, most) in [("latitude", 90.0), ("longitude", 180.0)] {
        let value = &content[name];
        let degrees = value
            .as_f64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        if degrees.is_none_or(|degrees| degrees.abs() > most) {
            return refuse(format_args!("Invalid {name}"));
        }
    }
    Ok(())
}

fn contacts(content: &Value) -> Checked {
    for contact in list_of("Contact", content, 257)? {
        let name = &contact["name"];
        length("Contact formatted_name", &name["formatted_name"], 1, 1024)?;
        let parts = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
        if parts
            .iter()
            .all(|part| name[*part].as_str().is_none_or(str::is_empty))
        {
            return refuse("At least one of the optional parameters of name needs to be included");
        }
    }
    Ok(())
}
