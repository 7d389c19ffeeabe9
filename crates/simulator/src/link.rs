//! How WhatsApp fetches a file by its link: after the answer to the send, without following redirects, and only if the
//! type and the length are told.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>

use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use url::Url;

use crate::kinds::FileKind;
use crate::shared::Shared;
use crate::store::NewFile;
use crate::world::{FileSource, SentFile};

/// How long a file may take.
const FETCHED_WITHIN: Duration = Duration::from_secs(60);

impl Shared {
    /// The file behind a link, or why it cannot be sent.
    pub(crate) async fn fetch(&self, kind: FileKind, link: &Url) -> Result<SentFile, String> {
        let unreachable = |error: reqwest::Error| {
            let error = anyhow::Error::from(error);
            format!("Downloading media from weblink failed: {error:#}")
        };
        let failed = |status: u16| format!("Downloading media from weblink failed with http code {status}");
        if let Some(status) = self.change(|world| world.link_faults.pop_front()) {
            return Err(failed(status));
        }
        let request = self.http.get(link.clone()).timeout(FETCHED_WITHIN);
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        if !(response.status().is_success() || response.status().is_redirection()) {
            return Err(failed(status));
        }
        let header = |name| response.headers().get(name)?.to_str().ok().map(ToOwned::to_owned);
        // A redirect fails by its page, which is HTML or has no type at all.
        let mime_type = match header(CONTENT_TYPE) {
            Some(mime_type) if status == 200 => mime_type,
            _ => "text/html".to_owned(),
        };
        let length = header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        // The smaller limit of static stickers can be applied only to the whole file.
        if let Some(objection) = kind.objection(&mime_type, length.unwrap_or_default(), true) {
            return Err(objection);
        }
        let length = length.ok_or("Downloading media from weblink failed: the Content-Length is missing")?;
        let broken = |error: std::io::Error| error.to_string();
        let mut file = NewFile::create().map_err(broken)?;
        while let Some(bytes) = response.chunk().await.map_err(unreachable)? {
            file.write(&bytes).await.map_err(broken)?;
        }
        if file.size() != length {
            return Err(format!(
                "Downloading media from weblink failed after {} of {length} bytes",
                file.size()
            ));
        }
        let file = file.finish().await.map_err(broken)?;
        let file = SentFile::new(kind, FileSource::Link(link.to_string()), &mime_type, file);
        match file.objection() {
            Some(objection) => Err(objection),
            None => Ok(file),
        }
    }
}
