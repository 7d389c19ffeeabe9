//! Filling a template in: from an operator's values to the message, and from the message to what the customer reads.

use super::{
    definition::{ButtonKind, Definition, Field, FieldKind, Header, MediaKind},
    variables::{filled, variables},
};
use crate::{
    form::{Invalid, Problem, Problems},
    ids::FileId,
    message::content::{
        Component, Degrees, Location, MAX_BODY, MAX_COUPON, MAX_HEADER, MAX_URL, Media, Parameter, Template,
        TemplateLanguage, TemplateText, is_one_line,
    },
};
use std::collections::BTreeMap;

/// What is typed, by the name of its field.
pub type Values = BTreeMap<String, String>;

impl Definition {
    /// The message with these values.
    ///
    /// # Errors
    /// The fields that are missing, too long or malformed.
    pub fn fill(
        &self,
        name: &str,
        language: &str,
        values: &Values,
        file: Option<FileId>,
    ) -> Result<Template, Invalid> {
        let mut components = Vec::new();
        let of = |field: &Field| {
            values
                .get(&field.name)
                .map(|value| value.trim().to_owned())
                .unwrap_or_default()
        };
        let text = |field: &Field, variable: &str| Parameter::Text {
            text: of(field),
            parameter_name: self.named.then(|| variable.to_owned()),
        };
        let (mut header, mut body, mut place) = (Vec::new(), Vec::new(), Location::default());
        let mut buttons = Vec::new();
        for field in self.fields() {
            let button = || field.name.trim_start_matches("button.").to_owned();
            match &field.kind {
                FieldKind::HeaderText { variable } => header.push(text(&field, variable)),
                FieldKind::HeaderFile(kind) => header.extend(file.map(|file| of_file(*kind, file))),
                FieldKind::Latitude => place.latitude = degrees(&of(&field)),
                FieldKind::Longitude => place.longitude = degrees(&of(&field)),
                FieldKind::PlaceName => place.name = Some(of(&field)),
                FieldKind::PlaceAddress => {
                    place.address = Some(of(&field));
                    let location = std::mem::take(&mut place);
                    header.push(Parameter::Location { location });
                }
                FieldKind::BodyText { variable } => body.push(text(&field, variable)),
                FieldKind::UrlEnding { .. } => buttons.push(Component::Button {
                    sub_type: "url".to_owned(),
                    index: button(),
                    parameters: vec![Parameter::Text {
                        text: of(&field),
                        parameter_name: None,
                    }],
                }),
                FieldKind::Code { .. } => buttons.push(Component::Button {
                    sub_type: "copy_code".to_owned(),
                    index: button(),
                    parameters: vec![Parameter::CouponCode {
                        coupon_code: of(&field),
                    }],
                }),
            }
        }
        if !header.is_empty() {
            components.push(Component::Header { parameters: header });
        }
        if !body.is_empty() {
            components.push(Component::Body { parameters: body });
        }
        components.extend(buttons);
        let template = Template {
            name: name.to_owned(),
            language: TemplateLanguage {
                code: language.to_owned(),
                policy: None,
            },
            components,
            text: None,
        };
        self.check(&template)?;
        Ok(template)
    }

    /// Whether the message has the values that the template asks for, and no others.
    ///
    /// # Errors
    /// The fields, such as `body.2`, that are missing, too long, malformed or not asked for.
    pub fn check(&self, template: &Template) -> Result<(), Invalid> {
        let mut problems = Problems::default();
        let values = self.values(template, &mut problems);
        for field in self.fields() {
            let value = values.get(&field.name).map(String::as_str).unwrap_or_default();
            let most = match field.kind {
                FieldKind::HeaderText { .. } => MAX_HEADER,
                FieldKind::UrlEnding { .. } => MAX_URL,
                FieldKind::Code { .. } => MAX_COUPON,
                _ => MAX_BODY,
            };
            if value.trim().is_empty() {
                problems.add(&field.name, Problem::Required);
            } else if is_no_degree(&field.kind, value) {
                problems.add(&field.name, Problem::NotNumeric);
            } else if value.chars().count() > most {
                problems.add_too_long(&field.name, most);
            } else if !is_one_line(value) {
                problems.add(&field.name, Problem::NotAToken);
            }
        }
        if problems.is_empty() {
            let text = self.text(&values);
            for (field, text, most) in [
                ("header", text.header.as_deref().unwrap_or_default(), MAX_HEADER),
                ("body", text.body.as_str(), MAX_BODY),
            ] {
                if text.chars().count() > most {
                    problems.add_too_long(field, most);
                }
            }
        }
        problems.unless_any(())
    }

    /// What the customer reads of the message.
    pub fn text_of(&self, template: &Template) -> TemplateText {
        self.text(&self.values(template, &mut Problems::default()))
    }

    /// What the customer reads; variables without a value stand as they are.
    pub fn text(&self, values: &Values) -> TemplateText {
        let value = |name: String| {
            let value = values.get(&name).map(|value| value.trim());
            value.filter(|value| !value.is_empty())
        };
        let header = match &self.header {
            Some(Header::Text(text)) => Some(filled(text, |variable| value(format!("header.{variable}")))),
            Some(Header::Location) => value("header.name".to_owned()).map(str::to_owned),
            Some(Header::File(_)) | None => None,
        };
        let buttons = self.buttons.iter().enumerate().map(|(n, button)| {
            let behind = match &button.kind {
                ButtonKind::QuickReply => None,
                ButtonKind::Url(url) => Some(filled(url, |_| value(format!("button.{n}")))),
                ButtonKind::Phone(number) => Some(number.clone()),
                ButtonKind::CopyCode => value(format!("button.{n}")).map(str::to_owned),
            };
            match behind.filter(|behind| !behind.is_empty()) {
                Some(behind) => format!("{}: {behind}", button.text),
                None => button.text.clone(),
            }
        });
        TemplateText {
            header,
            body: filled(&self.body, |variable| value(format!("body.{variable}"))),
            footer: self.footer.clone(),
            buttons: buttons.collect(),
        }
    }

    /// The values of a message, by field. What does not belong into the template is a problem.
    fn values(&self, template: &Template, problems: &mut Problems) -> Values {
        let mut values = Values::new();
        let mut seen = Vec::new();
        for component in &template.components {
            let part = match component {
                Component::Header { .. } => "header".to_owned(),
                Component::Body { .. } => "body".to_owned(),
                Component::Button { index, .. } => format!("button.{index}"),
                Component::Other(_) => "components".to_owned(),
            };
            let fits = match component {
                _ if seen.contains(&part) => false,
                Component::Header { parameters } => self.header_values(parameters, &mut values),
                Component::Body { parameters } => {
                    self.text_values("body", &variables(&self.body), parameters, &mut values)
                }
                Component::Button {
                    sub_type,
                    index,
                    parameters,
                } => self.button_values(sub_type, index, parameters, &mut values),
                Component::Other(_) => false,
            };
            if !fits {
                problems.add(&part, Problem::Unknown);
            }
            seen.push(part);
        }
        values
    }

    fn header_values(&self, parameters: &[Parameter], values: &mut Values) -> bool {
        let mut put = |name: &str, value: Option<String>| {
            values.extend(value.map(|value| (format!("header.{name}"), value)));
        };
        match (&self.header, parameters) {
            (Some(Header::Text(text)), _) => self.text_values("header", &variables(text), parameters, values),
            (Some(Header::File(kind)), [file]) => match file.media() {
                Some((of, media)) if of == kind.as_str() => {
                    let file = media.file.map(|file| file.to_string());
                    put("file", file.or(media.id.clone()).or(media.link.clone()));
                    true
                }
                _ => false,
            },
            (Some(Header::Location), [Parameter::Location { location }]) => {
                put(
                    "latitude",
                    location
                        .latitude
                        .as_ref()
                        .map(|degrees| degrees.as_str().to_owned()),
                );
                put(
                    "longitude",
                    location
                        .longitude
                        .as_ref()
                        .map(|degrees| degrees.as_str().to_owned()),
                );
                put("name", location.name.clone());
                put("address", location.address.clone());
                true
            }
            (_, []) => true,
            _ => false,
        }
    }

    fn text_values(
        &self,
        part: &str,
        variables: &[String],
        parameters: &[Parameter],
        values: &mut Values,
    ) -> bool {
        let mut places = variables.iter();
        parameters.iter().all(|parameter| {
            let next = places.next();
            let variable = match parameter {
                Parameter::Text { parameter_name, .. } if self.named => {
                    parameter_name.as_ref().filter(|name| variables.contains(name))
                }
                Parameter::Text {
                    parameter_name: Some(_),
                    ..
                } => None,
                _ => next,
            };
            let Some(variable) = variable else {
                return false;
            };
            let text = match parameter {
                Parameter::Text { text, .. } => text.clone(),
                // An amount or a time: what Meta shows if it cannot word it for the customer.
                Parameter::Other(other) => {
                    let kind = other
                        .get("type")
                        .and_then(|kind| kind.as_str())
                        .unwrap_or_default();
                    let fallback = other.get(kind).and_then(|of| of["fallback_value"].as_str());
                    fallback.unwrap_or_default().to_owned()
                }
                _ => return false,
            };
            values.insert(format!("{part}.{variable}"), text).is_none()
        })
    }

    fn button_values(
        &self,
        sub_type: &str,
        index: &str,
        parameters: &[Parameter],
        values: &mut Values,
    ) -> bool {
        let button = index.parse().ok().and_then(|n: usize| self.buttons.get(n));
        let value = match (button.map(|button| &button.kind), sub_type, parameters) {
            (Some(ButtonKind::QuickReply), "quick_reply", [] | [Parameter::Payload { .. }]) => return true,
            (Some(ButtonKind::Url(url)), "url", [Parameter::Text { text, .. }])
                if !variables(url).is_empty() =>
            {
                text
            }
            (Some(ButtonKind::CopyCode), "copy_code", [Parameter::CouponCode { coupon_code }]) => coupon_code,
            _ => return false,
        };
        values.insert(format!("button.{index}"), value.clone());
        true
    }
}

fn is_no_degree(kind: &FieldKind, value: &str) -> bool {
    let limit = match kind {
        FieldKind::Latitude => 90.0,
        FieldKind::Longitude => 180.0,
        _ => return false,
    };
    !Degrees::typed(value).is_within(limit)
}

fn degrees(typed: &str) -> Option<Degrees> {
    (!typed.is_empty()).then(|| Degrees::typed(typed))
}

fn of_file(kind: MediaKind, file: FileId) -> Parameter {
    let media = Media {
        file: Some(file),
        ..Media::default()
    };
    match kind {
        MediaKind::Image => Parameter::Image { image: media },
        MediaKind::Video => Parameter::Video { video: media },
        MediaKind::Document => Parameter::Document { document: media },
    }
}
