//! A customer's call to the number. It opens the service window as a message does.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/reference>
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/pricing>

use crate::{ids::Wamid, json::Object};

/// What is known of a call. Its events may come in any order, and more than once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Call {
    pub is_over: bool,
    /// How long they talked; `None`: nobody has picked up.
    pub seconds: Option<u64>,
}

impl Call {
    /// Whether an update is a call of a customer's, and not a message or a call of the business.
    pub(super) fn is_call(object: &Object<'_>) -> bool {
        let is_told = matches!(
            object.text("event").as_deref(),
            Some("connect" | "call_created" | "terminate")
        );
        is_told && object.text("direction").as_deref() != Some("BUSINESS_INITIATED")
    }

    pub(super) fn read(object: &Object<'_>) -> Self {
        Self {
            is_over: object.text("event").as_deref() == Some("terminate"),
            seconds: object.parsed("duration").filter(|seconds| *seconds > 0),
        }
    }

    /// The call's id with a mark: a voicemail is an audio message that has the id of its call.
    pub(super) fn wamid(object: &Object<'_>) -> Option<Wamid> {
        let id: Wamid = object.parsed("id")?;
        format!("call:{}", id.as_str()).parse().ok()
    }
}
