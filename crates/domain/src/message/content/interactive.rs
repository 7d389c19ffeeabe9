//! Buttons and lists, and the customer's choices; forms (flows), and their answers.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages>

use super::parts::{Answer, Media};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Interactive {
    /// Buttons to answer with.
    Button(Button),
    List(List),
    /// A button that opens a web page.
    CtaUrl(CtaUrl),
    /// A button with which the customer sends their location.
    LocationRequestMessage(LocationRequest),
    ButtonReply(Chosen),
    ListReply(Chosen),
    /// The answers to a form in WhatsApp (a flow).
    NfmReply(Form),
    /// Any other answer. Its JSON is stored beside the content.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Button {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    pub body: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Words>,
    #[cfg_attr(feature = "openapi", schema(schema_with = super::openapi::buttons))]
    pub action: Action<Vec<ReplyButton>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action<T> {
    pub buttons: T,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReplyButton {
    Reply { reply: Reply },
}

/// What a button says, and what comes back when the customer taps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentReplyButtonReply))]
#[serde(deny_unknown_fields)]
pub struct Reply {
    #[cfg_attr(feature = "openapi", schema(max_length = 256))]
    pub id: String,
    #[cfg_attr(feature = "openapi", schema(max_length = 20))]
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct List {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    pub body: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Words>,
    pub action: Sections,
}

/// The rows of a list, in sections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentList))]
#[serde(deny_unknown_fields)]
pub struct Sections {
    /// The label of the button that opens the list.
    #[cfg_attr(feature = "openapi", schema(max_length = 20))]
    pub button: String,
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub sections: Vec<Section>,
}

/// A section of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentListSection))]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Required where there are several sections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 24))]
    pub title: Option<String>,
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub rows: Vec<Row>,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentListRow))]
#[serde(deny_unknown_fields)]
pub struct Row {
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub id: String,
    #[cfg_attr(feature = "openapi", schema(max_length = 24))]
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 72))]
    pub description: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CtaUrl {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    pub body: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Words>,
    pub action: Link,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "name",
    content = "parameters",
    rename_all = "snake_case",
    deny_unknown_fields
)]
pub enum Link {
    CtaUrl { display_text: String, url: String },
}

/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-request-messages>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LocationRequest {
    pub body: Words,
    pub action: AskLocation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum AskLocation {
    SendLocation,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Header {
    Text { text: String },
    Image { image: Media },
    Video { video: Media },
    Document { document: Media },
}

/// A text around buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentWords))]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub text: String,
}

/// The button or row that the customer chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chosen {
    #[cfg_attr(feature = "openapi", schema(required))]
    pub title: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Form {
    /// WhatsApp's text for the choice, or else its name.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub title: Option<String>,
    pub answers: Vec<Answer>,
}

impl Interactive {
    pub(super) fn words(&self) -> Option<&String> {
        match self {
            Self::Button(Button { body, .. })
            | Self::List(List { body, .. })
            | Self::CtaUrl(CtaUrl { body, .. })
            | Self::LocationRequestMessage(LocationRequest { body, .. }) => Some(&body.text),
            Self::ButtonReply(chosen) | Self::ListReply(chosen) => chosen.title.as_ref(),
            Self::NfmReply(form) => form.title.as_ref(),
            Self::Other => None,
        }
    }

    pub(super) fn is_words(&self) -> bool {
        matches!(self, Self::ButtonReply(_) | Self::ListReply(_) | Self::Other)
    }

    /// What the customer can choose: the titles of buttons and rows.
    pub fn choices(&self) -> Vec<String> {
        match self {
            Self::Button(own) => {
                let title = |ReplyButton::Reply { reply }: &ReplyButton| reply.title.clone();
                own.action.buttons.iter().map(title).collect()
            }
            Self::List(own) => {
                let rows = own.action.sections.iter().flat_map(|section| &section.rows);
                rows.map(|row| row.title.clone()).collect()
            }
            Self::CtaUrl(own) => {
                let Link::CtaUrl { display_text, url } = &own.action;
                vec![format!("{display_text}: {url}")]
            }
            Self::LocationRequestMessage(_)
            | Self::ButtonReply(_)
            | Self::ListReply(_)
            | Self::NfmReply(_)
            | Self::Other => Vec::new(),
        }
    }

    /// The file in the header, and Meta's word for its kind.
    pub fn media(&self) -> Option<(&'static str, &Media)> {
        match self.header()? {
            Header::Text { .. } => None,
            Header::Image { image } => Some(("image", image)),
            Header::Video { video } => Some(("video", video)),
            Header::Document { document } => Some(("document", document)),
        }
    }

    pub fn media_mut(&mut self) -> Option<&mut Media> {
        let (Self::Button(Button { header, .. })
        | Self::List(List { header, .. })
        | Self::CtaUrl(CtaUrl { header, .. })) = self
        else {
            return None;
        };
        match header.as_mut()? {
            Header::Text { .. } => None,
            Header::Image { image: media }
            | Header::Video { video: media }
            | Header::Document { document: media } => Some(media),
        }
    }

    pub fn header(&self) -> Option<&Header> {
        match self {
            Self::Button(Button { header, .. })
            | Self::List(List { header, .. })
            | Self::CtaUrl(CtaUrl { header, .. }) => header.as_ref(),
            _ => None,
        }
    }

    pub fn footer(&self) -> Option<&str> {
        match self {
            Self::Button(Button { footer, .. })
            | Self::List(List { footer, .. })
            | Self::CtaUrl(CtaUrl { footer, .. }) => Some(&footer.as_ref()?.text),
            _ => None,
        }
    }
}
