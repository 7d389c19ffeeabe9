//! Why a message was not delivered.

use serde::{Deserialize, Serialize};

/// Meta's code for a message outside the service window.
pub const WINDOW_CLOSED: i64 = 131_047;

/// Why a message was not delivered, or why the last attempt to send an unconfirmed one failed. For an accepted message:
/// why its later statuses cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MessageFailure))]
pub struct Failure {
    /// Meta's error code, when Meta gave one.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub code: Option<i64>,
    /// Meta's message, or Switchboard's if Meta could not be reached.
    pub title: String,
    #[cfg_attr(feature = "openapi", schema(required))]
    pub details: Option<String>,
    /// Meta's `fbtrace_id`, which its support asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// What a failure means for the operator. The console has the wording for each.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// More than 24 hours since the customer last wrote.
    WindowClosed,
    /// Not on WhatsApp, an old app, or the terms are not accepted.
    Unreachable,
    /// A test number sends only to numbers on its list.
    NotOnTestList,
    /// The channel's access token or its permissions.
    TokenRefused,
    /// Meta has locked or limited the account or the number.
    AccountLimited,
    /// Too many messages, in total or to this customer.
    TooFast,
    /// Meta chose not to deliver.
    Withheld,
    /// Meta has no such template in this language.
    TemplateUnknown,
    /// The values do not fit the template.
    TemplateValues,
    /// Meta has paused or disabled the template, or objects to its content.
    TemplateStopped,
    /// Meta was out of order or unreachable for too long.
    MetaUnavailable,
    Other,
}

impl Failure {
    /// One of Switchboard's own, with Meta's code for such a case.
    pub fn new(code: i64, title: impl Into<String>) -> Self {
        Self {
            code: Some(code),
            title: title.into(),
            details: None,
            trace: None,
        }
    }

    pub fn meaning(&self) -> Meaning {
        match self.code {
            None => Meaning::MetaUnavailable,
            Some(WINDOW_CLOSED) => Meaning::WindowClosed,
            Some(131_026) => Meaning::Unreachable,
            Some(131_030) => Meaning::NotOnTestList,
            Some(0 | 3 | 10 | 190 | 200..=299 | 131_005) => Meaning::TokenRefused,
            Some(
                33 | 368 | 131_031 | 131_037 | 131_042 | 131_045 | 131_064 | 133_000 | 133_006 | 133_010,
            ) => Meaning::AccountLimited,
            Some(132_001) => Meaning::TemplateUnknown,
            Some(132_000 | 132_005 | 132_012 | 132_018) => Meaning::TemplateValues,
            Some(132_007 | 132_015 | 132_016 | 132_068 | 132_069) => Meaning::TemplateStopped,
            Some(4 | 80_007 | 130_429 | 131_048 | 131_056) => Meaning::TooFast,
            Some(130_472 | 131_049 | 131_050) => Meaning::Withheld,
            Some(1 | 2 | 131_000 | 131_016 | 131_057 | 133_004) => Meaning::MetaUnavailable,
            Some(_) => Meaning::Other,
        }
    }
}
