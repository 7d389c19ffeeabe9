//! Reads a template's components as Meta lists them.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components>

use super::{
    definition::{Button, ButtonKind, Definition, Header, MediaKind, NotFillable},
    variables::{is_number, variables},
};
use serde_json::Value;

/// Meta's maximum.
/// Of a text, in bytes: Meta takes 1024 characters.
const MAX_BYTES: usize = 16 * 1024;
const MAX_BUTTONS: usize = 10;

impl Definition {
    /// # Errors
    /// Why the template cannot be filled in here.
    pub fn read(
        category: Option<&str>,
        parameter_format: Option<&str>,
        components: &Value,
    ) -> Result<Self, NotFillable> {
        if category == Some("AUTHENTICATION") {
            return Err(NotFillable::Authentication);
        }
        let mut definition = Self {
            header: None,
            body: String::new(),
            footer: None,
            buttons: Vec::new(),
            named: false,
            examples: Vec::new(),
        };
        for component in components.as_array().ok_or(NotFillable::Unreadable)? {
            match word(component, "type").as_str() {
                "HEADER" => definition.header = definition.header(component)?,
                "BODY" => definition.body = definition.body(component)?,
                "FOOTER" => definition.footer = text(component),
                "BUTTONS" => definition.buttons = definition.buttons(component)?,
                "CAROUSEL" => return Err(NotFillable::Carousel),
                "LIMITED_TIME_OFFER" => return Err(NotFillable::LimitedTimeOffer),
                "CALL_PERMISSION_REQUEST" => return Err(NotFillable::Call),
                other => return Err(NotFillable::Unknown(other.to_owned())),
            }
        }
        if definition.body.is_empty() {
            return Err(NotFillable::Unreadable);
        }
        let header = match &definition.header {
            Some(Header::Text(text)) => variables(text),
            _ => Vec::new(),
        };
        let mut all = variables(&definition.body);
        all.extend(header);
        definition.named = match parameter_format {
            Some("NAMED") => true,
            Some("POSITIONAL") => false,
            _ => all.iter().any(|variable| !is_number(variable)),
        };
        // A template that mixes both is none of Meta's.
        match all.iter().any(|variable| is_number(variable) == definition.named) {
            true => Err(NotFillable::Unreadable),
            false => Ok(definition),
        }
    }

    fn header(&mut self, component: &Value) -> Result<Option<Header>, NotFillable> {
        Ok(Some(match word(component, "format").as_str() {
            "TEXT" | "" => {
                let text = text(component).ok_or(NotFillable::Unreadable)?;
                let example = &component["example"];
                let positional = variables(&text).into_iter().zip(strings(&example["header_text"]));
                let examples = positional.chain(named(&example["header_text_named_params"]));
                self.examples(examples.collect(), "header");
                Header::Text(text)
            }
            "IMAGE" => Header::File(MediaKind::Image),
            "VIDEO" => Header::File(MediaKind::Video),
            "DOCUMENT" => Header::File(MediaKind::Document),
            "LOCATION" => Header::Location,
            "PRODUCT" => return Err(NotFillable::Catalog),
            other => return Err(NotFillable::Unknown(format!("HEADER {other}"))),
        }))
    }

    fn body(&mut self, component: &Value) -> Result<String, NotFillable> {
        let text = text(component).ok_or(NotFillable::Unreadable)?;
        let example = &component["example"];
        let positional = variables(&text)
            .into_iter()
            .zip(strings(&example["body_text"][0]));
        let examples = positional.chain(named(&example["body_text_named_params"]));
        self.examples(examples.collect(), "body");
        Ok(text)
    }

    fn buttons(&mut self, component: &Value) -> Result<Vec<Button>, NotFillable> {
        let buttons = component["buttons"].as_array().ok_or(NotFillable::Unreadable)?;
        let read = buttons.iter().take(MAX_BUTTONS).map(|button| {
            let of = |key: &str| button[key].as_str().unwrap_or_default().to_owned();
            let kind = match word(button, "type").as_str() {
                "QUICK_REPLY" => ButtonKind::QuickReply,
                "URL" => ButtonKind::Url(of("url")),
                "PHONE_NUMBER" => ButtonKind::Phone(of("phone_number")),
                "COPY_CODE" => ButtonKind::CopyCode,
                "OTP" => return Err(NotFillable::Authentication),
                "FLOW" => return Err(NotFillable::Flow),
                "CATALOG" | "MPM" | "SPM" => return Err(NotFillable::Catalog),
                "VOICE_CALL" => return Err(NotFillable::Call),
                other => return Err(NotFillable::Unknown(other.to_owned())),
            };
            Ok(Button {
                kind,
                text: of("text"),
            })
        });
        read.collect()
    }

    fn examples(&mut self, examples: Vec<(String, String)>, part: &str) {
        let examples = examples.into_iter();
        self.examples
            .extend(examples.map(|(variable, example)| (format!("{part}.{variable}"), example)));
    }
}

fn word(of: &Value, key: &str) -> String {
    of[key].as_str().unwrap_or_default().to_uppercase()
}

/// Longer than Meta takes is none of Meta's: <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components>
fn text(component: &Value) -> Option<String> {
    let text = component["text"].as_str()?;
    let is_text = !text.trim().is_empty() && text.len() <= MAX_BYTES;
    is_text.then(|| text.to_owned())
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|text| Some(text.as_str()?.to_owned()))
        .collect()
}

fn named(list: &Value) -> Vec<(String, String)> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let pair = |of: &Value| {
        Some((
            of["param_name"].as_str()?.to_owned(),
            of["example"].as_str()?.to_owned(),
        ))
    };
    list.iter().filter_map(pair).collect()
}
