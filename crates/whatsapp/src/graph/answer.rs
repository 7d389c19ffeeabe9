//! Meta's answers to calls. An unreadable success is not a failure: Meta may be delivering the message, and only a
//! status can tell.

use std::time::UNIX_EPOCH;

use reqwest::{
    RequestBuilder, Response,
    header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER},
};
use serde_json::value::RawValue;

use super::error::{ApiError, GraphError, RetryAfter};
use crate::{
    ids::{Bsuid, WaId, Wamid, person},
    json::Object,
};

/// A longer answer is not read to its end.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Meta accepted a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub wamid: Wamid,
    /// The recipient's identity, which may differ from the number that was given.
    pub wa_id: Option<WaId>,
    pub bsuid: Option<Bsuid>,
}

/// A business's phone number; the values are Meta's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    pub id: String,
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality_rating: Option<String>,
    /// `CONNECTED`, `PENDING`, …
    pub status: Option<String>,
    pub name_status: Option<String>,
    pub code_verification_status: Option<String>,
    /// `CLOUD_API` for a number that this API can send from.
    pub platform_type: Option<String>,
    /// `STANDARD` or `HIGH`.
    pub throughput_level: Option<String>,
    /// The addresses to which Meta delivers the number's messages.
    pub webhooks: Webhooks,
}

/// The first of these addresses that is set applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Webhooks {
    pub phone_number: Option<String>,
    pub whatsapp_business_account: Option<String>,
    pub application: Option<String>,
}

/// A response; `body` is `None` if it was not received completely.
#[derive(Debug)]
pub(super) struct Answer {
    pub http_status: u16,
    /// `Date`, in seconds since 1970.
    pub date: Option<i64>,
    retry_after: Option<RetryAfter>,
    body: Option<Vec<u8>>,
}

impl Answer {
    pub async fn receive(request: RequestBuilder) -> Result<Self, GraphError> {
        let response = request.send().await.map_err(GraphError::from_transport)?;
        Ok(Self::of(response).await)
    }

    pub async fn of(mut response: Response) -> Self {
        let http_status = response.status().as_u16();
        let date = response.headers().get(DATE).and_then(seconds);
        let retry_after = RetryAfter::of(response.headers());
        let mut body = Vec::new();
        let body = loop {
            match response.chunk().await {
                Ok(None) => break Some(body),
                Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER_BYTES => body.extend(chunk),
                Ok(Some(_)) | Err(_) => break None,
            }
        };
        Self {
            http_status,
            date,
            retry_after,
            body,
        }
    }

    pub fn accepted(&self) -> Result<Accepted, GraphError> {
        let unread = if self.is_success() {
            GraphError::AcceptedUnread {
                http_status: self.http_status,
            }
        } else {
            self.unreadable()
        };
        self.read(unread, |body| {
            let contact = body.objects("contacts").next();
            let field = |key: &str| contact.as_ref().and_then(|contact| contact.text(key));
            let (wa_id, misplaced) = person(field("wa_id"));
            Some(Accepted {
                wamid: body.objects("messages").next()?.parsed("id")?,
                wa_id,
                bsuid: person(field("user_id")).1.or(misplaced),
            })
        })
    }

    pub fn phone_number(&self) -> Result<PhoneNumber, GraphError> {
        self.read(self.unreadable(), PhoneNumber::read)
    }

    /// The outcome for the only person of a change of the block list. Meta's error for the whole request does not say
    /// why; the one beside the person does.
    pub fn user_changed(&self, changed: &str) -> Result<(), GraphError> {
        let reason = |body: &Object<'_>| {
            let person = body.object("block_users")?.objects("failed_users").next()?;
            let error = person.objects("errors").next()?;
            ApiError::read(self.http_status, &error)
        };
        if let Some(error) = self.body().as_ref().and_then(reason) {
            return Err(ApiError {
                retry_after: self.retry_after,
                ..error
            }
            .into());
        }
        let unread = if self.is_success() {
            GraphError::AcceptedUnread {
                http_status: self.http_status,
            }
        } else {
            self.unreadable()
        };
        self.read(unread, |body| {
            body.object("block_users")?.objects(changed).next().map(drop)
        })
    }

    fn body(&self) -> Option<Object<'_>> {
        let raw: &RawValue = serde_json::from_slice(self.body.as_deref()?).ok()?;
        Object::open(raw)
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.http_status)
    }

    pub fn unreadable(&self) -> GraphError {
        GraphError::Unreadable {
            http_status: self.http_status,
            retry_after: self.retry_after,
        }
    }

    /// Meta asks clients to rely on the error object, not on the HTTP status.
    pub fn read<T>(
        &self,
        unread: GraphError,
        success: impl Fn(&Object<'_>) -> Option<T>,
    ) -> Result<T, GraphError> {
        let Some(body) = self.body() else {
            return Err(unread);
        };
        if self.is_success()
            && let Some(value) = success(&body)
        {
            return Ok(value);
        }
        match body
            .object("error")
            .and_then(|error| ApiError::read(self.http_status, &error))
        {
            Some(error) => Err(ApiError {
                retry_after: self.retry_after,
                ..error
            }
            .into()),
            None => Err(unread),
        }
    }
}

fn seconds(date: &HeaderValue) -> Option<i64> {
    let at = httpdate::parse_http_date(date.to_str().ok()?).ok()?;
    i64::try_from(at.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

impl RetryAfter {
    /// What an answer asks for.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let date = headers.get(DATE).and_then(seconds);
        retry_after_of(headers.get(RETRY_AFTER)?, date)
    }
}

/// Seconds, or a date. A date is compared with the `Date` of the same answer if it has one, so that an inaccurate local
/// clock does not matter. <https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>
fn retry_after_of(header: &HeaderValue, date: Option<i64>) -> Option<RetryAfter> {
    let text = header.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that overflows means a very long time.
        return Some(RetryAfter::Seconds(text.parse().unwrap_or(u64::MAX)));
    }
    let at = seconds(header)?;
    Some(match date {
        Some(date) => RetryAfter::Seconds(u64::try_from(at.saturating_sub(date)).unwrap_or(0)),
        None => RetryAfter::At(at),
    })
}

impl PhoneNumber {
    pub(super) const FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,status,name_status,\
        code_verification_status,platform_type,throughput,webhook_configuration";

    pub(super) fn read(body: &Object<'_>) -> Option<Self> {
        let webhooks = body.object("webhook_configuration");
        let webhook = |key: &str| webhooks.as_ref().and_then(|webhooks| webhooks.text(key));
        Some(Self {
            id: body.text("id")?,
            display_phone_number: body.text("display_phone_number"),
            verified_name: body.text("verified_name"),
            quality_rating: body.text("quality_rating"),
            status: body.text("status"),
            name_status: body.text("name_status"),
            code_verification_status: body.text("code_verification_status"),
            platform_type: body.text("platform_type"),
            throughput_level: body
                .object("throughput")
                .and_then(|throughput| throughput.text("level")),
            webhooks: Webhooks {
                phone_number: webhook("phone_number"),
                whatsapp_business_account: webhook("whatsapp_business_account"),
                application: webhook("application"),
            },
        })
    }
}
