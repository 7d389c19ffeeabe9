//! The values of a template as far as they can be checked without the template itself, which Meta has.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components>

use super::limits::{Check, MAX_BODY, MAX_HEADER};
use crate::{
    form::Problem,
    message::content::{Component, Parameter, Template},
};

const MAX_NAME: usize = 512;
const MAX_LANGUAGE: usize = 16;
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
        self.line("template.language.code", &template.language.code, MAX_LANGUAGE);
        if template.text.is_some() {
            self.add("template.text", Problem::Unknown);
        }
        let size = serde_json::to_string(&template.components).map_or(0, |json| json.len());
        if size > MAX_COMPONENTS {
            self.0.add_too_long("template.components", MAX_COMPONENTS);
            return;
        }
        let named = template.components.iter().any(|component| {
            let named = |parameter: &Parameter| {
                matches!(
                    parameter,
                    Parameter::Text {
                        parameter_name: Some(_),
                        ..
                    }
                )
            };
            values(component).1.iter().any(named)
        });
        for (n, component) in template.components.iter().enumerate() {
            let at = format!("template.components[{n}]");
            if let Component::Other(other) = component {
                // Otherwise it would be sent without having been checked.
                let kind = other
                    .get("type")
                    .and_then(|kind| kind.as_str())
                    .unwrap_or_default();
                if matches!(kind.to_lowercase().as_str(), "" | "header" | "body" | "button") {
                    self.add(&at, Problem::Malformed);
                }
            }
            let (most, parameters) = values(component);
            for (m, parameter) in parameters.iter().enumerate() {
                self.value(&format!("{at}.parameters[{m}]"), parameter, most, named);
            }
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
            Parameter::Other(_) => {}
        }
    }
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
