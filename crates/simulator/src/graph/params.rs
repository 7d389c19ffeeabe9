//! Graph accepts parameters in the query, in a form or in a JSON object, as the caller prefers.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::error::GraphError;

/// In bytes; far more than any body that Graph accepts here.
const LARGEST_BODY: usize = 1024 * 1024;

/// The parameters of a request; the body takes precedence over the query.
#[derive(Debug)]
pub(crate) struct Params(Map<String, Value>);

impl Params {
    /// A parameter as text, if it is present and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, GraphError> {
        self.text(name)
            .ok_or_else(|| GraphError::parameter(format_args!("The parameter {name} is required.")))
    }

    /// An object; forms and queries carry it as JSON text.
    pub(crate) fn object(&self, name: &str) -> Option<Map<String, Value>> {
        match self.0.get(name)? {
            Value::Object(object) => Some(object.clone()),
            Value::String(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }

    /// Names separated by commas, or an array of them.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(|name| name.as_str().map(ToOwned::to_owned))
                .collect(),
            Some(Value::String(names)) => names
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = GraphError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, GraphError> {
        let unreadable = || GraphError::parameter("Invalid parameter");
        let mut params = form(request.uri().query().unwrap_or_default().as_bytes());
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let is_json = kind.starts_with("application/json");
        let body = to_bytes(request.into_body(), LARGEST_BODY)
            .await
            .map_err(|_| unreadable())?;
        if is_json && !body.is_empty() {
            params.extend(serde_json::from_slice::<Map<_, _>>(&body).map_err(|_| unreadable())?);
        } else {
            params.extend(form(&body));
        }
        Ok(Self(params))
    }
}

fn form(text: &[u8]) -> Map<String, Value> {
    let pairs = url::form_urlencoded::parse(text);
    pairs
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}
