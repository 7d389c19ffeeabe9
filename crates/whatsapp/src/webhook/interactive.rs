//! Answers to interactive messages: a tapped button or row, a submitted flow.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/interactive>

use crate::json::Object;

#[derive(Debug, Clone, PartialEq)]
pub enum Interactive {
    ButtonReply {
        id: Option<String>,
        title: Option<String>,
    },
    ListReply {
        id: Option<String>,
        title: Option<String>,
        description: Option<String>,
    },
    /// A submitted flow. `response_json` should be a string of JSON, but may be broken or missing; it is kept as
    /// received.
    NfmReply {
        name: Option<String>,
        body: Option<String>,
        response_json: Option<String>,
    },
    /// `response` is `accept` or `reject`.
    CallPermissionReply {
        response: Option<String>,
    },
    /// A product of the catalogue; its inner shape is not documented, so it is kept as received.
    Product(serde_json::Value),
    Other {
        kind: String,
    },
}

impl Interactive {
    /// `None` if the answer's own object is missing.
    pub(super) fn read(object: &Object<'_>) -> Option<Self> {
        let kind = object.text("type")?;
        let answer = object.object(&kind);
        Some(match kind.as_str() {
            "button_reply" => {
                let answer = answer?;
                Self::ButtonReply {
                    id: answer.text("id"),
                    title: answer.text("title"),
                }
            }
            "list_reply" => {
                let answer = answer?;
                Self::ListReply {
                    id: answer.text("id"),
                    title: answer.text("title"),
                    description: answer.text("description"),
                }
            }
            "nfm_reply" => {
                let answer = answer?;
                let as_received = || answer.raw("response_json").map(|raw| raw.get().to_owned());
                Self::NfmReply {
                    name: answer.text("name"),
                    body: answer.text("body"),
                    response_json: answer.string("response_json").or_else(as_received),
                }
            }
            "call_permission_reply" => Self::CallPermissionReply {
                response: answer?.text("response"),
            },
            "product" => Self::Product(object.value("product")?),
            _ => Self::Other { kind },
        })
    }
}
