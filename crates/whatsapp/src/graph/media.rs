//! Files: uploading one, asking where one is, and downloading it.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use std::{io, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::Stream;
use reqwest::{
    Body, Response,
    header::{AUTHORIZATION, CONTENT_TYPE},
    multipart::{Form, Part},
};
use secrecy::SecretString;
use url::{Host, Url};

use super::{
    answer::Answer,
    client::{Graph, bearer},
    error::{ApiError, GraphError},
};
use crate::json::Object;

/// The limit for the transfer of a file: 100 MB over a line of one megabit a second.
pub const FILE_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// The hosts from which Meta serves files, with all hosts below them. The access token goes nowhere else.
const HOSTS: [&str; 5] = [
    "facebook.com",
    "fbcdn.net",
    "fbsbx.com",
    "whatsapp.com",
    "whatsapp.net",
];

/// What Meta knows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaInfo {
    /// Valid for five minutes.
    pub url: Url,
    pub mime_type: Option<String>,
    pub sha256: Option<[u8; 32]>,
    /// In bytes.
    pub size: Option<u64>,
}

/// A file to be stored at Meta.
#[derive(Debug)]
pub struct Upload<S> {
    pub mime_type: String,
    pub filename: String,
    /// In bytes; Meta needs it before the content.
    pub size: u64,
    pub content: S,
}

/// A file that comes in.
#[derive(Debug)]
pub struct Download {
    response: Response,
}

impl Download {
    /// The next part of the content; `None` at its end.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, GraphError> {
        self.response.chunk().await.map_err(GraphError::from_transport)
    }
}

impl Graph {
    /// Stores a file at Meta for 30 days, and returns its id. A repeated upload makes a second file, which costs
    /// nothing.
    ///
    /// # Errors
    /// [`GraphError`]; Meta refuses a wrong type at once, with the types that it takes.
    pub async fn upload<S>(
        &self,
        token: &SecretString,
        phone_number_id: &str,
        file: Upload<S>,
    ) -> Result<String, GraphError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let url = self.at(phone_number_id, &["media"])?;
        let content = Part::stream_with_length(Body::wrap_stream(file.content), file.size)
            .file_name(file.filename)
            .mime_str(&file.mime_type)
            .map_err(|_| ApiError::here(100, None, "the type of the file is not a media type"))?;
        // Meta's reference asks for the field, its example for the part's own type.
        let form = Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", file.mime_type)
            .part("file", content);
        let request = self.http.post(url).multipart(form);
        let answer = self.within(FILE_TIMEOUT).call("upload", request, token).await?;
        answer.read(answer.unreadable(), |body| body.text("id"))
    }

    /// Asks where a file is.
    ///
    /// # Errors
    /// [`GraphError`], also if Meta names an address that is not its own.
    pub async fn media(&self, token: &SecretString, id: &str) -> Result<MediaInfo, GraphError> {
        let request = self.http.get(self.at(id, &[])?);
        let answer = self.call("media", request, token).await?;
        let info = answer.read(answer.unreadable(), MediaInfo::read)?;
        match self.serves_files(&info.url) {
            true => Ok(info),
            false => Err(ApiError::here(100, None, "Meta names an address that is not its own").into()),
        }
    }

    /// Opens a file at the address that [`media`](Self::media) returned. Redirects are not followed.
    ///
    /// # Errors
    /// [`GraphError`].
    pub async fn download(&self, token: &SecretString, url: &Url) -> Result<Download, GraphError> {
        if !self.serves_files(url) {
            return Err(ApiError::here(100, None, "the address is not Meta's").into());
        }
        let request = self.http.get(url.clone()).timeout(FILE_TIMEOUT);
        let response = request.header(AUTHORIZATION, bearer(token)?).send().await;
        let response = response.map_err(GraphError::from_transport)?;
        // What Meta refuses comes as JSON or as a page, and never as a file.
        if response.status() == 200 {
            return Ok(Download { response });
        }
        tracing::debug!(
            http_status = response.status().as_u16(),
            content_type = ?response.headers().get(CONTENT_TYPE),
            "a file cannot be downloaded"
        );
        let answer = Answer::of(response).await;
        answer.read(answer.unreadable(), |_| None)
    }

    /// Whether the address is one of Meta's, or on the host of the stand-in that this client uses.
    fn serves_files(&self, url: &Url) -> bool {
        let Some(Host::Domain(host)) = url.host() else {
            return url.host().is_some() && url.host() == self.base.host();
        };
        let metas = HOSTS.iter().any(|own| {
            host.strip_suffix(own)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        let own = url.host() == self.base.host();
        own || (metas && url.scheme() == "https" && url.port().is_none())
    }
}

impl MediaInfo {
    fn read(body: &Object<'_>) -> Option<Self> {
        Some(Self {
            url: body.parsed("url")?,
            mime_type: body.text("mime_type"),
            sha256: body.text("sha256").as_deref().and_then(sha256),
            // A string in the documentation, a number in practice.
            size: body.parsed("file_size"),
        })
    }
}

/// A digest in hex, as answers have it, or in base64, as webhooks have it.
pub fn sha256(text: &str) -> Option<[u8; 32]> {
    let bytes = match text.len() {
        64 => hex::decode(text).ok(),
        _ => BASE64_STANDARD.decode(text).ok(),
    };
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_meta_only() {
        // Another test of this process may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let meta = Graph::new("https://graph.facebook.com".parse().unwrap(), "v25.0").unwrap();
        let stand_in = Graph::new("http://127.0.0.1:3401".parse().unwrap(), "v25.0").unwrap();
        for (url, at_meta, at_stand_in) in [
            (
                "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
                true,
                true,
            ),
            ("https://mmg.whatsapp.net/x", true, true),
            ("http://lookaside.fbsbx.com/x", false, false),
            ("https://lookaside.fbsbx.com:8443/x", false, false),
            ("https://evilfbsbx.com/x", false, false),
            ("https://fbsbx.com.example.org/x", false, false),
            ("https://example.org/", false, false),
            ("http://127.0.0.1:9999/x", false, true),
            ("http://127.0.0.2:3401/x", false, false),
        ] {
            let url: Url = url.parse().unwrap();
            assert_eq!(meta.serves_files(&url), at_meta, "{url}");
            assert_eq!(stand_in.serves_files(&url), at_stand_in, "{url}");
        }
    }

    #[test]
    fn a_digest_is_read_in_both_spellings() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert!(sha256(hex).is_some());
        assert_eq!(sha256(hex), sha256(base64));
        assert_eq!(sha256("47DEQpj8"), None);
        assert_eq!(sha256(""), None);
    }
}
