//! The content of a message: one variant for each of Meta's types. A new type, or one whose own object is missing or
//! broken, becomes `Unknown` with Meta's word, so that the message itself is never lost.

use super::{call::Call, card::SharedContact, interactive::Interactive};
use crate::{
    ids::{Bsuid, WaId, Wamid, person},
    json::{self, Object},
};

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Text {
        body: String,
    },
    Media {
        kind: MediaKind,
        /// Valid for seven days. Without an id there is no file, but the other fields are kept.
        id: Option<String>,
        /// May carry parameters: `audio/ogg; codecs=opus`.
        mime_type: Option<String>,
        /// In base64, unlike the hex of the media endpoint.
        sha256: Option<String>,
        caption: Option<String>,
        /// Chosen by the sender: do not trust it as a path.
        filename: Option<String>,
        /// A voice message, recorded in WhatsApp.
        voice: bool,
        animated: bool,
        url: Option<String>,
    },
    Location {
        latitude: Option<f64>,
        longitude: Option<f64>,
        name: Option<String>,
        address: Option<String>,
        url: Option<String>,
    },
    Contacts(Vec<SharedContact>),
    /// A quick-reply button of a template.
    Button {
        text: Option<String>,
        payload: Option<String>,
    },
    Interactive(Interactive),
    /// No emoji means that the reaction was removed.
    Reaction {
        wamid: Wamid,
        emoji: Option<String>,
    },
    Order {
        catalog_id: Option<String>,
        text: Option<String>,
        items: Vec<OrderItem>,
    },
    /// A message from WhatsApp, not from the customer.
    System(SystemChange),
    /// If the edited message is not stored, the edit is a message of its own.
    Edit {
        original: Option<Wamid>,
        content: Box<Content>,
    },
    Revoke {
        original: Wamid,
    },
    Call(Call),
    /// Meta received something that it does not pass on; `kind` names it if Meta does.
    Unsupported {
        kind: Option<String>,
    },
    Unknown {
        kind: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    Image,
    Video,
    Audio,
    Document,
    Sticker,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderItem {
    pub retailer_id: Option<String>,
    /// A decimal number with Meta's own digits.
    pub quantity: Option<String>,
    /// A decimal number with Meta's own digits.
    pub item_price: Option<String>,
    pub currency: Option<String>,
}

/// A change of a customer's number or identity. The new identity is in `wa_id` and `bsuid`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemChange {
    /// `user_changed_number`, `user_changed_user_id`, `customer_identity_changed`, or a newer word.
    pub kind: Option<String>,
    pub body: Option<String>,
    pub wa_id: Option<WaId>,
    pub bsuid: Option<Bsuid>,
    pub parent_bsuid: Option<Bsuid>,
    pub previous_bsuid: Option<Bsuid>,
    pub previous_parent_bsuid: Option<Bsuid>,
    pub identity_hash: Option<String>,
}

impl MediaKind {
    /// Meta's word, which is also the key of its object.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [
            Self::Image,
            Self::Video,
            Self::Audio,
            Self::Document,
            Self::Sticker,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }
}

impl Content {
    /// The message that a reaction, an edit or a deletion is about.
    pub fn about(&self) -> Option<&str> {
        match self {
            Self::Reaction { wamid, .. } => Some(wamid.as_str()),
            Self::Edit { original, .. } => original.as_ref().map(Wamid::as_str),
            Self::Revoke { original } => Some(original.as_str()),
            _ => None,
        }
    }

    /// Meta's word for the type; the old `unknown` becomes `unsupported`, and a missing type is empty.
    pub fn kind(&self) -> &str {
        match self {
            Self::Text { .. } => "text",
            Self::Media { kind, .. } => kind.as_str(),
            Self::Location { .. } => "location",
            Self::Contacts(_) => "contacts",
            Self::Button { .. } => "button",
            Self::Interactive(_) => "interactive",
            Self::Reaction { .. } => "reaction",
            Self::Order { .. } => "order",
            Self::System(_) => "system",
            Self::Edit { .. } => "edit",
            Self::Revoke { .. } => "revoke",
            Self::Call(_) => "call",
            Self::Unsupported { .. } => "unsupported",
            Self::Unknown { kind } => kind,
        }
    }

    pub(super) fn read(message: &Object<'_>) -> Self {
        if Call::is_call(message) {
            return Self::Call(Call::read(message));
        }
        let kind = kind_of(message);
        let content = if kind == "edit" {
            edit(message)
        } else {
            plain(&kind, message)
        };
        content.unwrap_or(Self::Unknown { kind })
    }
}

/// Meta's word for the type; if it is missing, the key of the type's own object gives the type.
fn kind_of(message: &Object<'_>) -> String {
    let own = || KINDS.into_iter().find(|kind| message.raw(kind).is_some());
    let kind = message.text("type");
    kind.or_else(|| own().map(str::to_owned)).unwrap_or_default()
}

/// The types that have an object of their own.
const KINDS: [&str; 15] = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "button",
    "interactive",
    "reaction",
    "order",
    "system",
    "edit",
    "revoke",
];

/// The new content cannot itself be an edit, which bounds the depth of a body.
fn edit(message: &Object<'_>) -> Option<Content> {
    let edit = message.object("edit")?;
    let edited = edit.object("message")?;
    let kind = kind_of(&edited);
    let content = plain(&kind, &edited).unwrap_or(Content::Unknown { kind });
    Some(Content::Edit {
        original: edit.parsed("original_message_id"),
        content: Box::new(content),
    })
}

/// `None` for an unknown type, or if the type's own object is missing or broken.
fn plain(kind: &str, message: &Object<'_>) -> Option<Content> {
    let own = message.object(kind);
    match kind {
        "text" => Some(Content::Text {
            body: own?.string("body")?,
        }),
        "location" => Some(location(&own?)),
        "contacts" => {
            message.raw(kind)?;
            Some(Content::Contacts(
                message
                    .objects(kind)
                    .map(|contact| SharedContact::read(&contact))
                    .collect(),
            ))
        }
        "button" => {
            let own = own?;
            Some(Content::Button {
                text: own.text("text"),
                payload: own.text("payload"),
            })
        }
        "interactive" => Interactive::read(&own?).map(Content::Interactive),
        "reaction" => {
            let own = own?;
            Some(Content::Reaction {
                wamid: own.parsed("message_id")?,
                emoji: own.text("emoji"),
            })
        }
        "order" => own.map(|own| order(&own)),
        "system" => own.map(|own| Content::System(system(&own, message))),
        "revoke" => Some(Content::Revoke {
            original: own?.parsed("original_message_id")?,
        }),
        "unsupported" => Some(Content::Unsupported {
            kind: own.and_then(|own| own.text("type")),
        }),
        "unknown" => Some(Content::Unsupported { kind: None }),
        _ => Some(media(MediaKind::from_word(kind)?, &own?)),
    }
}

fn media(kind: MediaKind, own: &Object<'_>) -> Content {
    Content::Media {
        kind,
        id: own.text("id"),
        mime_type: own.text("mime_type"),
        sha256: own.text("sha256"),
        caption: own.text("caption"),
        filename: own.text("filename"),
        voice: own.flag("voice"),
        animated: own.flag("animated"),
        url: own.text("url"),
    }
}

fn location(own: &Object<'_>) -> Content {
    let degrees = |key: &str| own.parsed(key).filter(|number: &f64| number.is_finite());
    Content::Location {
        latitude: degrees("latitude"),
        longitude: degrees("longitude"),
        name: own.text("name"),
        address: own.text("address"),
        url: own.text("url"),
    }
}

fn order(own: &Object<'_>) -> Content {
    let item = |item: Object<'_>| OrderItem {
        retailer_id: item.text("product_retailer_id"),
        quantity: item.text("quantity"),
        item_price: item.text("item_price"),
        currency: item.text("currency"),
    };
    Content::Order {
        catalog_id: own.text("catalog_id"),
        text: own.text("text"),
        items: own.objects("product_items").map(item).collect(),
    }
}

fn system(own: &Object<'_>, message: &Object<'_>) -> SystemChange {
    // Older payloads name the new number `new_wa_id` and give the identity only as its hash.
    let (wa_id, misplaced) = person(own.text("wa_id").or_else(|| own.text("new_wa_id")));
    let identity = |object: &Object<'_>| {
        let raw = object.raw("identity")?;
        Object::open(raw).map_or_else(|| json::string(raw), |identity| identity.text("hash"))
    };
    SystemChange {
        kind: own.text("type"),
        body: own.text("body"),
        wa_id,
        bsuid: own.parsed("user_id").or(misplaced),
        parent_bsuid: own.parsed("parent_user_id"),
        previous_bsuid: own.parsed("previous_user_id"),
        previous_parent_bsuid: own.parsed("previous_parent_user_id"),
        identity_hash: identity(message).or_else(|| identity(own)),
    }
}
