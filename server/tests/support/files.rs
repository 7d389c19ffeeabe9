//! Files of customers and of the company.

use super::{Story, world::Line};
use axum::{Router, http::header::CONTENT_TYPE};
use simulator::{CustomerFile, CustomerId, SentFile};
use url::Url;

impl Story {
    /// A customer sends a file; returns the wamid after the message has arrived.
    pub async fn sends(
        &self,
        customer: CustomerId,
        line: &Line,
        file: &CustomerFile,
        bytes: &[u8],
    ) -> String {
        let sent = self
            .meta
            .customer_sends(customer, &line.phone_number_id, file, bytes);
        let wamid = sent.await.expect("a customer");
        self.settled().await;
        wamid
    }

    /// The files of the messages that Meta has accepted, oldest first.
    pub fn accepted_files(&self) -> Vec<SentFile> {
        let sent = self.meta.sent_messages();
        sent.into_iter().filter_map(|sent| sent.file).collect()
    }
}

/// The address of a web server that answers everything with this file.
pub async fn serve(mime_type: &'static str, bytes: &'static [u8]) -> Url {
    let router = Router::new().fallback(move || async move { ([(CONTENT_TYPE, mime_type)], bytes) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url.parse().expect("a URL")
}
