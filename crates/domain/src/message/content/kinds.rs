//! Every kind of content.

use super::{
    contact::Contact,
    interactive::Interactive,
    location::Location,
    parts::{Call, Media, Order, Reaction, Revoke, System, Tapped, Text},
    template::Template,
};
use crate::{display_name, ids::FileId};
use serde::{Deserialize, Serialize};

/// Whether a message of this kind comes from WhatsApp itself, such as the notice that a customer's number has changed.
/// Nobody has to answer it, and it opens no service window.
pub fn is_by_whatsapp(kind: &str) -> bool {
    kind == SYSTEM
}

/// The kind of a customer's call. Meta knows no message of its id, so nobody can quote it, react to it or mark it read.
pub const CALL: &str = "call";

/// The kind of WhatsApp's own messages.
pub const SYSTEM: &str = "system";

/// What a message consists of, under the name of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MessageContent))]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Text(Text),
    Image(Media),
    Video(Media),
    Audio(Media),
    Document(Media),
    Sticker(Media),
    Location(Location),
    Contacts(Vec<Contact>),
    Interactive(Interactive),
    Reaction(Reaction),
    Template(Template),
    /// A tapped quick-reply button of a template.
    Button(Tapped),
    Order(Order),
    /// A message from WhatsApp, not from the customer.
    System(System),
    Edit(Edit),
    Revoke(Revoke),
    /// Not a message, but it waits for an answer and opens the service window as one does.
    Call(Call),
    /// Meta received the message but does not pass it on.
    Unsupported {
        /// Meta's word for the original kind.
        #[cfg_attr(feature = "openapi", schema(required))]
        kind: Option<String>,
    },
    /// A kind that this version does not know. Its JSON is stored beside the content.
    Unknown {
        kind: String,
    },
}

/// New content for an earlier message. If that message is not stored, the edit is shown as a message of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentEdit))]
pub struct Edit {
    /// The wamid of the edited message.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub original_message_id: Option<String>,
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub content: Box<Content>,
}

impl Content {
    /// A text whose links have a preview.
    pub fn text_of(body: &str) -> Self {
        Self::Text(Text {
            body: body.to_owned(),
            preview_url: true,
        })
    }

    /// Meta's word for the kind; a missing one is empty.
    pub fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Contacts(_) => "contacts",
            Self::Interactive(_) => "interactive",
            Self::Reaction(_) => "reaction",
            Self::Template(_) => "template",
            Self::Button(_) => "button",
            Self::Order(_) => "order",
            Self::System(_) => SYSTEM,
            Self::Edit(_) => "edit",
            Self::Revoke(_) => "revoke",
            Self::Call(_) => CALL,
            Self::Unsupported { .. } => "unsupported",
            Self::Unknown { kind } => kind,
        }
    }

    /// The file, if the message has one; that of an edit is its new content's.
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Image(media)
            | Self::Video(media)
            | Self::Audio(media)
            | Self::Document(media)
            | Self::Sticker(media) => Some(media),
            Self::Template(template) => Some(template.media()?.1),
            Self::Interactive(interactive) => Some(interactive.media()?.1),
            Self::Edit(edit) => edit.content.media(),
            _ => None,
        }
    }

    pub fn media_mut(&mut self) -> Option<&mut Media> {
        match self {
            Self::Image(media)
            | Self::Video(media)
            | Self::Audio(media)
            | Self::Document(media)
            | Self::Sticker(media) => Some(media),
            Self::Template(template) => template.media_mut(),
            Self::Interactive(interactive) => interactive.media_mut(),
            Self::Edit(edit) => edit.content.media_mut(),
            _ => None,
        }
    }

    /// Meta's word for the kind of the file: one in a header has a kind of its own.
    pub fn media_kind(&self) -> Option<&str> {
        match self {
            Self::Template(template) => Some(template.media()?.0),
            Self::Interactive(interactive) => Some(interactive.media()?.0),
            other => other.media().map(|_| other.kind()),
        }
    }

    /// The uploaded file that goes with an outgoing message.
    pub fn file(&self) -> Option<FileId> {
        self.media()?.file
    }

    /// The message that a reaction, an edit or a deletion is about.
    pub fn about(&self) -> Option<&str> {
        match self {
            Self::Reaction(reaction) => Some(&reaction.message_id),
            Self::Edit(edit) => edit.original_message_id.as_deref(),
            Self::Revoke(revoke) => Some(&revoke.original_message_id),
            _ => None,
        }
    }

    /// The readable text, if any: what lists show and searches find. Names of files and people must not reverse the
    /// text: `fdp.exe` would be read as `exe.pdf`.
    pub fn words(&self) -> Option<String> {
        let words = match self {
            Self::Text(text) => Some(&text.body),
            Self::Image(media)
            | Self::Video(media)
            | Self::Audio(media)
            | Self::Document(media)
            | Self::Sticker(media) => match &media.caption {
                None => return display_name::shown(media.filename.as_ref()?),
                caption => caption.as_ref(),
            },
            Self::Location(place) => place.name.as_ref().or(place.address.as_ref()),
            Self::Contacts(contacts) => {
                let names = contacts
                    .iter()
                    .filter_map(|contact| display_name::shown(&contact.label()?));
                return Some(names.collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty());
            }
            Self::Interactive(interactive) => interactive.words(),
            Self::Reaction(reaction) => reaction.emoji.as_ref(),
            Self::Button(tapped) => tapped.text.as_ref().or(tapped.payload.as_ref()),
            Self::Order(order) => order.text.as_ref(),
            Self::System(system) => system.body.as_ref(),
            Self::Edit(edit) => return edit.content.words(),
            Self::Template(template) => template.text.as_ref().map(|text| &text.body),
            Self::Revoke(_) | Self::Call(_) | Self::Unsupported { .. } | Self::Unknown { .. } => None,
        };
        words.filter(|words| !words.is_empty()).cloned()
    }

    /// Whether the text is the whole content.
    pub fn is_words(&self) -> bool {
        match self {
            Self::Text(_) | Self::Button(_) | Self::Reaction(_) | Self::System(_) | Self::Revoke(_) => true,
            Self::Interactive(interactive) => interactive.is_words(),
            Self::Edit(edit) => edit.content.is_words(),
            _ => false,
        }
    }
}
