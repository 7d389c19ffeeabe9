//! What Meta tells of a message template.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update>

use crate::json::Object;

/// A change of one template; the values are Meta's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateUpdate {
    /// A JSON number at Meta.
    pub id: String,
    pub name: Option<String>,
    pub language: Option<String>,
    pub change: TemplateChange,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateChange {
    Status {
        /// `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`, `PENDING_DELETION`, …
        event: String,
        reason: Option<String>,
        /// Meta's sentences on the reason, and what it recommends.
        explanation: Option<String>,
        recommendation: Option<String>,
    },
    Quality {
        /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
        new: Option<String>,
    },
    Category {
        /// The category now.
        new: Option<String>,
        /// The category that it is going to have.
        announced: Option<String>,
        /// When it gets that one; seconds since 1970.
        at: Option<i64>,
    },
    /// The content was edited.
    Components,
}

/// The webhook fields about templates.
pub const TEMPLATE_FIELDS: [&str; 4] = [
    "message_template_status_update",
    "message_template_quality_update",
    "message_template_components_update",
    "template_category_update",
];

impl TemplateUpdate {
    /// `None` without an id, or a status change without its event.
    pub(super) fn read(field: &str, value: &Object<'_>) -> Option<Self> {
        let change = match field {
            "message_template_status_update" => {
                let told = |object: &str, key: &str| value.object(object)?.text(key);
                TemplateChange::Status {
                    event: value.text("event")?,
                    // Meta's word for no reason.
                    reason: value.text("reason").filter(|reason| reason != "NONE"),
                    explanation: told("rejection_info", "reason")
                        .or_else(|| told("other_info", "description")),
                    recommendation: told("rejection_info", "recommendation"),
                }
            }
            "message_template_quality_update" => TemplateChange::Quality {
                new: value.text("new_quality_score"),
            },
            "template_category_update" => TemplateChange::Category {
                new: value.text("new_category"),
                announced: value.text("correct_category"),
                at: value.parsed("category_update_timestamp"),
            },
            _ => TemplateChange::Components,
        };
        Some(Self {
            id: value.text("message_template_id")?,
            name: value.text("message_template_name"),
            language: value.text("message_template_language"),
            change,
        })
    }
}
