//! How a call can fail. The error texts contain neither the access token nor the request's URL.

use std::{error::Error, iter::successors, time::Duration};

use crate::{
    errors::{RetryClass, class_of, details},
    json::Object,
};

/// Why a client cannot be created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    #[error("the address is not an http or https address without a user name")]
    Base,
    #[error("{0:?} is not a version of the Graph API such as v25.0")]
    Version(String),
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
}

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The request was never sent: certainly not accepted.
    #[error("could not reach Meta: {0}")]
    NotSent(String),
    /// The request was sent and its outcome is unknown: it may have been accepted.
    #[error("no usable answer from Meta, which may have accepted the request: {0}")]
    Unknown(String),
    /// The answer was a success with an unreadable body: the request has almost certainly been accepted.
    #[error("Meta answered {http_status} with a body that cannot be read")]
    AcceptedUnread { http_status: u16 },
    /// Meta refused and gave a reason.
    #[error("Meta refused: {0}")]
    Refused(Box<ApiError>),
    /// The answer was neither a success nor an error that Meta documents: a gateway's page, a redirect.
    #[error("Meta answered {http_status} with something that is not its API's")]
    Unreadable {
        http_status: u16,
        retry_after: Option<RetryAfter>,
    },
}

/// How long the answer asks the sender to wait before the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    Seconds(u64),
    /// A date, in seconds since 1970, from an answer without a `Date`.
    At(i64),
}

impl RetryAfter {
    /// The time to wait if it is `now` (in seconds since 1970).
    pub fn wait(self, now: i64) -> Duration {
        Duration::from_secs(match self {
            Self::Seconds(seconds) => seconds,
            Self::At(at) => u64::try_from(at.saturating_sub(now)).unwrap_or(0),
        })
    }
}

/// Meta's error object. Meta asks clients to rely on `code` and `details`, not on the HTTP status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("({code}) {message}")]
pub struct ApiError {
    /// 0 if the client itself refused the call, with the code that Meta would give, and sent nothing.
    pub http_status: u16,
    pub code: i64,
    pub subcode: Option<i64>,
    pub message: String,
    pub details: Option<String>,
    /// Meta says that the error is temporary.
    pub is_transient: bool,
    /// The trace id that Meta's support asks for.
    pub fbtrace_id: Option<String>,
    pub user_title: Option<String>,
    pub user_msg: Option<String>,
    /// From the answer's headers.
    pub retry_after: Option<RetryAfter>,
}

impl GraphError {
    /// What the failure requires of the sender.
    pub fn class(&self) -> RetryClass {
        match self {
            Self::NotSent(_) | Self::Unknown(_) | Self::AcceptedUnread { .. } => RetryClass::Retry,
            Self::Refused(error) => error.class(),
            Self::Unreadable { http_status, .. } => class_of_http(*http_status),
        }
    }

    /// Whether the request may still have taken effect, so that sending again may send it twice. A gateway's 5xx does
    /// not tell whether the API behind it had finished, whatever its page says.
    pub fn may_have_been_accepted(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::AcceptedUnread { .. } => true,
            Self::Unreadable { http_status, .. } => *http_status >= 500,
            Self::Refused(error) => error.http_status >= 500 && !error.is_documented(),
            Self::NotSent(_) => false,
        }
    }

    /// How long the answer asks the sender to wait, if it does.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        match self {
            Self::Refused(error) => error.retry_after,
            Self::Unreadable { retry_after, .. } => *retry_after,
            Self::NotSent(_) | Self::Unknown(_) | Self::AcceptedUnread { .. } => None,
        }
    }

    pub(super) fn from_transport(error: reqwest::Error) -> Self {
        if error.is_connect() || error.is_builder() {
            Self::NotSent(chain(error))
        } else {
            Self::Unknown(chain(error))
        }
    }
}

impl From<ApiError> for GraphError {
    fn from(error: ApiError) -> Self {
        Self::Refused(Box::new(error))
    }
}

impl ApiError {
    /// What the error requires of the sender.
    pub fn class(&self) -> RetryClass {
        match (self.code, self.subcode) {
            // The number's id is wrong, or the token may not use it: the message is not at fault.
            (100, Some(33)) => RetryClass::Account,
            (code, _) => match class_of(code) {
                Some(class) => class,
                None if self.is_transient || is_limit(code) => RetryClass::Retry,
                None => class_of_http(self.http_status),
            },
        }
    }

    /// Whether the code is one of Meta's. A gateway may use the same format with a code of its own: then the answer is
    /// the gateway's, not the API's.
    fn is_documented(&self) -> bool {
        class_of(self.code).is_some() || is_limit(self.code)
    }

    /// A refusal by the client, without a request to Meta.
    pub(super) fn here(code: i64, subcode: Option<i64>, message: &str) -> Self {
        Self {
            http_status: 0,
            code,
            subcode,
            message: message.to_owned(),
            details: None,
            is_transient: false,
            fbtrace_id: None,
            user_title: None,
            user_msg: None,
            retry_after: None,
        }
    }

    /// `None` without a code, because the JSON is then not Meta's error object.
    pub(super) fn read(http_status: u16, error: &Object<'_>) -> Option<Self> {
        Some(Self {
            http_status,
            code: error.parsed("code")?,
            subcode: error.parsed("error_subcode"),
            message: error.text("message").unwrap_or_default(),
            details: details(error),
            is_transient: error.flag("is_transient"),
            fbtrace_id: error.text("fbtrace_id"),
            user_title: error.text("error_user_title"),
            user_msg: error.text("error_user_msg"),
            retry_after: None,
        })
    }
}

/// Limits of the Graph API as a whole, for an app, a user or a business.
/// <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>
fn is_limit(code: i64) -> bool {
    matches!(code, 17 | 32 | 341 | 613 | 80_000..=80_014)
}

fn class_of_http(status: u16) -> RetryClass {
    // 408: a gateway waited in vain for the request. 429: the gateway has too many requests.
    if status >= 500 || matches!(status, 408 | 429) {
        RetryClass::Retry
    } else {
        RetryClass::Request
    }
}

/// The error with its causes, without the URL.
pub(super) fn chain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let texts: Vec<String> = causes(&error).map(ToString::to_string).collect();
    texts.join(": ")
}

/// An error, what caused it, what caused that, and so on.
pub fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |error| (*error).source())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(http_status: u16, code: i64, subcode: Option<i64>) -> GraphError {
        ApiError {
            http_status,
            ..ApiError::here(code, subcode, "")
        }
        .into()
    }

    fn unreadable(http_status: u16) -> GraphError {
        GraphError::Unreadable {
            http_status,
            retry_after: None,
        }
    }

    #[test]
    fn the_code_decides_and_then_the_http_status() {
        for (error, class) in [
            (refused(500, 190, None), RetryClass::Reauth),
            (refused(400, 210, None), RetryClass::Reauth),
            (refused(400, 130_429, None), RetryClass::Retry),
            (refused(400, 100, None), RetryClass::Request),
            (refused(400, 100, Some(33)), RetryClass::Account),
            (refused(503, 987_654, None), RetryClass::Retry),
            (refused(429, 987_654, None), RetryClass::Retry),
            (refused(400, 987_654, None), RetryClass::Request),
            (refused(400, 613, None), RetryClass::Retry),
            (refused(400, 80_008, None), RetryClass::Retry),
            (GraphError::NotSent(String::new()), RetryClass::Retry),
            (GraphError::Unknown(String::new()), RetryClass::Retry),
            (unreadable(502), RetryClass::Retry),
            (unreadable(429), RetryClass::Retry),
            (unreadable(408), RetryClass::Retry),
            (unreadable(302), RetryClass::Request),
        ] {
            assert_eq!(error.class(), class, "{error:?}");
        }
    }

    #[test]
    fn a_code_that_is_not_metas_does_not_tell_that_nothing_was_accepted() {
        for (error, perhaps) in [
            (refused(502, 502, None), true),
            (refused(503, 503, None), true),
            (refused(504, 504, None), true),
            (refused(500, 987_654, None), true),
            (refused(500, 131_000, None), false),
            (refused(500, 1, None), false),
            (refused(503, 2, None), false),
            (refused(500, 613, None), false),
            (refused(400, 987_654, None), false),
            (refused(0, 100, None), false),
        ] {
            assert_eq!(error.may_have_been_accepted(), perhaps, "{error:?}");
        }
    }
}
