//! Graph's error object. Clients should rely on the code and the details; the rest is for people:
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::handshake::HandshakeError;
use crate::ids;

/// An answer other than 200.
#[derive(Debug)]
pub(crate) struct GraphError {
    http: u16,
    code: i64,
    subcode: Option<i64>,
    kind: &'static str,
    message: String,
    details: Option<String>,
}

impl GraphError {
    fn new(http: u16, code: i64, message: impl Into<String>) -> Self {
        Self {
            http,
            code,
            subcode: None,
            kind: "OAuthException",
            message: message.into(),
            details: None,
        }
    }

    /// No token in the request.
    pub(crate) fn no_token() -> Self {
        Self::new(400, 104, "An access token is required to request this resource.")
    }

    /// A token that Graph cannot read.
    pub(crate) fn unknown_token() -> Self {
        Self::new(401, 190, "Invalid OAuth access token - Cannot parse access token")
    }

    /// `{app id}|{app secret}` with a secret that does not belong to the app.
    pub(crate) fn bad_app_token() -> Self {
        Self::new(401, 190, "Invalid OAuth access token signature.")
    }

    pub(crate) fn expired_token() -> Self {
        let message = "Error validating access token: Session has expired.";
        Self {
            subcode: Some(463),
            ..Self::new(401, 190, message)
        }
    }

    pub(crate) fn revoked_token() -> Self {
        let message = "Error validating access token: The session is invalid because the user logged out.";
        Self {
            subcode: Some(467),
            ..Self::new(401, 190, message)
        }
    }

    pub(crate) fn no_permission() -> Self {
        Self::new(
            403,
            10,
            "(#10) Application does not have permission for this action",
        )
    }

    /// An id that does not exist or is hidden from the token; Graph does not tell which.
    pub(crate) fn no_object(method: &str, id: &str) -> Self {
        let message = format!(
            "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to \
             missing permissions, or does not support this operation."
        );
        Self {
            subcode: Some(33),
            kind: "GraphMethodException",
            ..Self::new(400, 100, message)
        }
    }

    pub(crate) fn wrong_proof() -> Self {
        let message = "Invalid appsecret_proof provided in the API argument";
        Self {
            kind: "GraphMethodException",
            ..Self::new(400, 100, message)
        }
    }

    /// 100: a parameter is missing or wrong. `message` does not contain the code.
    pub(crate) fn parameter(message: impl std::fmt::Display) -> Self {
        Self::new(400, 100, format!("(#100) {message}"))
    }

    /// 131009: a value that WhatsApp does not accept.
    pub(crate) fn value(details: impl Into<String>) -> Self {
        Self::coded(131009, 400).with_details(details)
    }

    pub(crate) fn unknown_path() -> Self {
        Self::new(400, 2500, "Unknown path components")
    }

    pub(crate) fn handshake(error: &HandshakeError) -> Self {
        let message = format!("(#2200) Callback verification failed with the following errors: {error}");
        Self::new(400, 2200, message)
    }

    /// An error by its code, with Meta's title for common codes.
    pub(crate) fn coded(code: i64, http: u16) -> Self {
        let title = match code {
            4 => "Application request limit reached",
            368 => "Temporarily blocked for policies violations",
            130429 => "Rate limit hit",
            131000 => "Something went wrong",
            131005 => "Access denied",
            131009 => "Parameter value is not valid",
            131016 => "Service unavailable",
            131021 => "Recipient cannot be sender",
            131026 => "Message undeliverable",
            131030 => "Recipient phone number not in allowed list",
            131031 => "Business Account locked",
            131042 => "Business eligibility payment issue",
            131047 => "Re-engagement message",
            131048 => "Spam rate limit hit",
            131049 => "This message was not delivered to maintain healthy ecosystem engagement.",
            131053 => "Media upload error",
            131056 => "(Business Account, Consumer Account) pair rate limit hit",
            131057 => "Account in maintenance mode",
            132000 => "Number of parameters does not match the expected number of params",
            132001 => "Template name does not exist in the translation",
            132005 => "Translated text too long",
            132012 => "Parameter format does not match format in the created template",
            132015 => "Template is paused",
            132016 => "Template is disabled",
            132018 => "There's an issue with the parameters in your template",
            133005 => "Two step verification PIN Mismatch",
            133010 => "The account is not registered",
            _ => "An unknown error has occurred.",
        };
        Self::new(http, code, format!("(#{code}) {title}"))
    }

    pub(crate) fn with_details(self, details: impl Into<String>) -> Self {
        Self {
            details: Some(details.into()),
            ..self
        }
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": ids::fbtrace(),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if let Some(details) = self.details {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": details });
        }
        let status = StatusCode::from_u16(self.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(json!({ "error": error }))).into_response()
    }
}
