//! What a template consists of, as far as this version can fill it in.

use super::variables::variables;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    pub header: Option<Header>,
    pub body: String,
    pub footer: Option<String>,
    pub buttons: Vec<Button>,
    /// The variables have names instead of numbers.
    pub named: bool,
    /// Meta's examples, by the name of the field.
    pub examples: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    Text(String),
    File(MediaKind),
    Location,
}

/// What a header may show. Each has its own limits as a file of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Video,
    Document,
}

impl MediaKind {
    /// Meta's word for the kind.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub kind: ButtonKind,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    QuickReply,
    /// The address may end with one variable.
    Url(String),
    Phone(String),
    CopyCode,
}

/// Why a template cannot be filled in here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotFillable {
    /// One-time passwords come from a program, not from an operator.
    Authentication,
    Carousel,
    LimitedTimeOffer,
    Catalog,
    Flow,
    /// A call, or the permission for one.
    Call,
    /// It has no text that could be read.
    Unreadable,
    /// Meta's word for a part that this version does not know.
    Unknown(String),
}

/// One value that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// `header.1`, `header.file`, `header.latitude`, `body.1`, `body.name`, `button.0`
    pub name: String,
    pub kind: FieldKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    HeaderText {
        variable: String,
    },
    HeaderFile(MediaKind),
    Latitude,
    Longitude,
    PlaceName,
    PlaceAddress,
    BodyText {
        variable: String,
    },
    /// The ending of the address behind a button.
    UrlEnding {
        button: String,
    },
    /// The code that a button copies.
    Code {
        button: String,
    },
}

impl Definition {
    /// The values that have to be given, in the order of the template.
    pub fn fields(&self) -> Vec<Field> {
        let field = |name: String, kind| Field { name, kind };
        let mut fields = Vec::new();
        match &self.header {
            None => {}
            Some(Header::Text(text)) => fields.extend(
                variables(text)
                    .into_iter()
                    .map(|variable| field(format!("header.{variable}"), FieldKind::HeaderText { variable })),
            ),
            Some(Header::File(kind)) => {
                fields.push(field("header.file".to_owned(), FieldKind::HeaderFile(*kind)));
            }
            Some(Header::Location) => fields.extend(
                [
                    ("latitude", FieldKind::Latitude),
                    ("longitude", FieldKind::Longitude),
                    ("name", FieldKind::PlaceName),
                    ("address", FieldKind::PlaceAddress),
                ]
                .map(|(name, kind)| field(format!("header.{name}"), kind)),
            ),
        }
        fields.extend(
            variables(&self.body)
                .into_iter()
                .map(|variable| field(format!("body.{variable}"), FieldKind::BodyText { variable })),
        );
        for (n, button) in self.buttons.iter().enumerate() {
            let text = button.text.clone();
            let kind = match &button.kind {
                ButtonKind::Url(url) if !variables(url).is_empty() => FieldKind::UrlEnding { button: text },
                ButtonKind::CopyCode => FieldKind::Code { button: text },
                _ => continue,
            };
            fields.push(field(format!("button.{n}"), kind));
        }
        fields
    }

    /// Meta's example of a field's value.
    pub fn example(&self, field: &str) -> Option<&str> {
        let mut examples = self.examples.iter();
        examples
            .find(|(name, _)| name == field)
            .map(|(_, example)| example.as_str())
    }
}
