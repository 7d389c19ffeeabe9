//! The values of a template as far as they can be checked without the template itself, which Meta has.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components>

use super::limits::{Check, MAX_BODY, MAX_HEADER};
use crate::{
    form::Problem,
    message::content::{Component, Parameter, Template},
};
use serde_json::{Map, Value};
use std::collections::HashSet;

pub(in crate::message) const MAX_NAME: usize = 512;
pub(in crate::message) const MAX_LANGUAGE: usize = 16;
/// Maximum number of characters of the components as JSON; Switchboard's own limit.
const MAX_COMPONENTS: usize = 32 * 1024;
/// The address of a button, with its ending.
pub const MAX_URL: usize = 2000;
pub const MAX_COUPON: usize = 20;
/// Switchboard's own limit: Meta gives no number.
const MAX_PAYLOAD: usize = 256;

impl Check {
    pub(super) fn template(&mut self, template: &Template) {
        self.line("template.name", &template.name, MAX_NAME);
        if !is_plain(&template.name) {
            self.add("template.name", Problem::NotAToken);
        }
        self.line("template.language.code", &template.language.code, MAX_LANGUAGE);
        if template
            .language
            .policy
            .as_deref()
            .is_some_and(|policy| policy != "deterministic")
        {
            self.add("template.language.policy", Problem::Unknown);
        }
        if template.text.is_some() {
            self.add("template.text", Problem::Unknown);
        }
        let size = serde_json::to_string(&template.components).map_or(0, |json| json.len());
        if size > MAX_COMPONENTS {
            self.0.add_too_long("template.components", MAX_COMPONENTS);
            return;
        }
        let named = template
            .components
            .iter()
            .any(|component| values(component).1.iter().any(|value| name_of(value).is_some()));
        let mut places = HashSet::new();
        for (n, component) in template.components.iter().enumerate() {
            let at = format!("template.components[{n}]");
            let place = match component {
                Component::Header { .. } => Some("header".to_owned()),
                Component::Body { .. } => Some("body".to_owned()),
                Component::Button { index, .. } => Some(format!("button {index}")),
                Component::Other(_) => None,
            };
            if place.is_some_and(|place| !places.insert(place)) {
                self.add(&at, Problem::Taken);
            }
            self.component(&at, component, named);
        }
    }

    fn component(&mut self, at: &str, component: &Component, named: bool) {
        match component {
            // Otherwise it would be sent without having been checked.
            Component::Other(other) => self.unknown(at, other, &["", "header", "body", "button"]),
            Component::Button { sub_type, index, .. } => {
                if !is_plain(sub_type) || sub_type.is_empty() {
                    self.add(&format!("{at}.sub_type"), Problem::Unknown);
                }
                if !matches!(index.as_bytes(), [b'0'..=b'9']) {
                    self.add(&format!("{at}.index"), Problem::NotNumeric);
                }
            }
            Component::Header { parameters } if parameters.len() > 1 => {
                if parameters
                    .iter()
                    .any(|value| !matches!(value, Parameter::Text { .. }))
                {
                    self.0.add_too_long(&format!("{at}.parameters"), 1);
                }
            }
            Component::Header { .. } | Component::Body { .. } => {}
        }
        let (most, parameters) = values(component);
        if parameters.is_empty() && !matches!(component, Component::Other(_)) {
            self.add(&format!("{at}.parameters"), Problem::Required);
        }
        let mut names = HashSet::new();
        for (m, parameter) in parameters.iter().enumerate() {
            let at = format!("{at}.parameters[{m}]");
            if !fits(component, parameter) {
                self.add(&format!("{at}.type"), Problem::Unknown);
            }
            if let Some(name) = name_of(parameter) {
                if name.is_empty() || !is_plain(name) {
                    self.add(&format!("{at}.parameter_name"), Problem::NotAToken);
                } else if !names.insert(name) {
                    self.add(&format!("{at}.parameter_name"), Problem::Taken);
                }
            }
            self.value(&at, parameter, most, named);
        }
    }

    fn value(&mut self, at: &str, parameter: &Parameter, most: usize, named: bool) {
        match parameter {
            Parameter::Text { text, parameter_name } => {
                self.words(&format!("{at}.text"), text, most);
                if !is_one_line(text) {
                    self.add(&format!("{at}.text"), Problem::NotAToken);
                }
                // The ending of a button's address has no name.
                if named && parameter_name.is_none() && most != MAX_URL {
                    self.add(&format!("{at}.parameter_name"), Problem::Required);
                }
            }
            Parameter::Image { image } => self.file(&format!("{at}.image"), image, false, false),
            Parameter::Video { video } => self.file(&format!("{at}.video"), video, false, false),
            Parameter::Document { document } => self.file(&format!("{at}.document"), document, false, true),
            Parameter::Location { location } => self.place(&format!("{at}.location"), location),
            Parameter::Payload { payload } => self.words(&format!("{at}.payload"), payload, MAX_PAYLOAD),
            Parameter::CouponCode { coupon_code } => {
                self.line(&format!("{at}.coupon_code"), coupon_code, MAX_COUPON);
            }
            Parameter::Other(other) => self.unknown(
                at,
                other,
                &[
                    "",
                    "text",
                    "image",
                    "video",
                    "document",
                    "location",
                    "payload",
                    "coupon_code",
                ],
            ),
        }
    }

    /// A part without a form here: only Meta checks it. One of a `known` type has a wrong form, and a file of ours in it
    /// would not be found.
    fn unknown(&mut self, at: &str, part: &Map<String, Value>, known: &[&str]) {
        let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
        if known.contains(&kind.to_lowercase().as_str()) || part.values().any(names_file) {
            self.add(at, Problem::Malformed);
        }
    }
}

fn names_file(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.contains_key("file") || object.values().any(names_file),
        Value::Array(list) => list.iter().any(names_file),
        _ => false,
    }
}

/// Whether Meta takes such a value at such a place.
fn fits(component: &Component, parameter: &Parameter) -> bool {
    use Parameter::{CouponCode, Document, Image, Location, Other, Payload, Text, Video};
    match component {
        Component::Header { .. } => {
            matches!(
                parameter,
                Text { .. } | Image { .. } | Video { .. } | Document { .. } | Location { .. } | Other(_)
            )
        }
        Component::Body { .. } => matches!(parameter, Text { .. } | Other(_)),
        Component::Button { sub_type, .. } => match sub_type.as_str() {
            "url" => matches!(parameter, Text { .. }),
            "quick_reply" => matches!(parameter, Payload { .. }),
            "copy_code" => matches!(parameter, CouponCode { .. }),
            _ => true,
        },
        Component::Other(_) => true,
    }
}

fn name_of(parameter: &Parameter) -> Option<&str> {
    match parameter {
        Parameter::Text { parameter_name, .. } => parameter_name.as_deref(),
        _ => None,
    }
}

/// Meta's names consist of these characters.
fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// The values of a component, and how many characters a text among them may have.
fn values(component: &Component) -> (usize, &[Parameter]) {
    match component {
        Component::Header { parameters } => (MAX_HEADER, parameters),
        Component::Body { parameters } => (MAX_BODY, parameters),
        Component::Button { parameters, .. } => (MAX_URL, parameters),
        Component::Other(_) => (0, &[]),
    }
}

/// A value has no line break, no tab and no five spaces in a row (132018).
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>
pub fn is_one_line(text: &str) -> bool {
    !text.contains(['\n', '\r', '\t']) && !text.contains("     ")
}
