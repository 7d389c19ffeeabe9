//! A message template with its values: the only message that opens a conversation whose service window is closed.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview>

use super::{location::Location, parts::Media};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// A template of the channel's account, with its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentTemplate))]
#[serde(deny_unknown_fields)]
pub struct Template {
    #[cfg_attr(feature = "openapi", schema(max_length = 512))]
    pub name: String,
    pub language: TemplateLanguage,
    /// The values of the template's variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// What the customer reads, as far as the template is known here. It is never sent to Meta.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<TemplateText>,
}

/// The language of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentTemplateLanguage))]
#[serde(deny_unknown_fields)]
pub struct TemplateLanguage {
    /// Exactly as approved: `en` is not `en_US`.
    #[cfg_attr(feature = "openapi", schema(max_length = 16))]
    pub code: String,
    /// `deterministic`, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^deterministic$"))]
    pub policy: Option<String>,
}

/// The values of one part of a template. Meta's pages spell the types in both cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Component {
    #[serde(alias = "HEADER")]
    Header {
        #[serde(default)]
        parameters: Vec<Parameter>,
    },
    #[serde(alias = "BODY")]
    Body {
        #[serde(default)]
        parameters: Vec<Parameter>,
    },
    #[serde(alias = "BUTTON")]
    Button {
        /// `url`, `quick_reply`, `copy_code`, …
        sub_type: String,
        /// The button's place, from 0.
        #[serde(deserialize_with = "text_or_number")]
        index: String,
        #[serde(default)]
        parameters: Vec<Parameter>,
    },
    /// A part that has no form here, such as a carousel. Only Meta checks it.
    #[serde(untagged)]
    Other(Map<String, Value>),
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Parameter {
    Text {
        text: String,
        /// The variable's name, if the template names its variables.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parameter_name: Option<String>,
    },
    Image {
        image: Media,
    },
    Video {
        video: Media,
    },
    Document {
        document: Media,
    },
    Location {
        location: Location,
    },
    /// What comes back when the customer taps a quick reply.
    Payload {
        payload: String,
    },
    CouponCode {
        coupon_code: String,
    },
    /// A value that has no form here, such as an amount of money. Only Meta checks it.
    #[serde(untagged)]
    Other(Map<String, Value>),
}

/// A template with its values filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentTemplateText))]
pub struct TemplateText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    pub body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// What is on each button, and the address or number behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<String>,
}

impl Template {
    /// The file in the header.
    pub fn media(&self) -> Option<(&'static str, &Media)> {
        self.components.iter().find_map(|component| match component {
            Component::Header { parameters } => parameters.iter().find_map(Parameter::media),
            _ => None,
        })
    }

    pub fn media_mut(&mut self) -> Option<&mut Media> {
        self.components.iter_mut().find_map(|component| match component {
            Component::Header { parameters } => parameters.iter_mut().find_map(Parameter::media_mut),
            _ => None,
        })
    }
}

impl Parameter {
    /// The file and Meta's word for its kind.
    pub fn media(&self) -> Option<(&'static str, &Media)> {
        match self {
            Self::Image { image } => Some(("image", image)),
            Self::Video { video } => Some(("video", video)),
            Self::Document { document } => Some(("document", document)),
            _ => None,
        }
    }

    fn media_mut(&mut self) -> Option<&mut Media> {
        match self {
            Self::Image { image: media }
            | Self::Video { video: media }
            | Self::Document { document: media } => Some(media),
            _ => None,
        }
    }
}

fn text_or_number<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("neither a text nor a number")),
    }
}
