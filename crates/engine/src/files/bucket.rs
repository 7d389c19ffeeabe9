//! The store of files at an S3-compatible service, and what its errors mean for whoever runs the process.

use crate::{Error, Result, config::Bucket};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig,
    aws::AmazonS3Builder,
    client::{HttpClient, HttpConnector},
    path::Path,
    prefix::PrefixStore,
};
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;
use std::{io, sync::Arc, time::Duration};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// The limit for a part to be taken, and between two pieces of what is read. A whole file may take longer.
const SILENCE: Duration = Duration::from_secs(60);
/// Whoever waits for a file learns soon that the service does not answer; workers repeat by themselves.
const REPEAT_WITHIN: Duration = Duration::from_secs(5);
const REPEATS: usize = 3;

/// # Errors
/// [`Error::Setup`] if the settings make no address. The service is not called yet.
pub(super) fn open(bucket: &Bucket) -> Result<Arc<dyn ObjectStore>> {
    let wrong =
        |error: object_store::Error| Error::Setup(format!("the store of files ([files.s3]): {error}"));
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.access_key_id)
        .with_secret_access_key(bucket.secret_access_key.expose_secret())
        // Amazon names the bucket in the host, and an own endpoint does only if it says so.
        .with_virtual_hosted_style_request(bucket.endpoint.is_none() || bucket.bucket_in_host)
        // Not every service can delete several objects by one call.
        .with_disable_bulk_delete(true)
        .with_http_connector(Connector {
            allow_http: bucket.allow_http,
        })
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: REPEATS,
            retry_timeout: REPEAT_WITHIN,
        });
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/'));
    }
    let objects = builder.build().map_err(wrong)?;
    let prefix = Path::parse(&bucket.prefix).map_err(|error| wrong(error.into()))?;
    Ok(match prefix.as_ref().is_empty() {
        true => Arc::new(objects),
        false => Arc::new(PrefixStore::new(objects, prefix)),
    })
}

/// Makes the client. It follows no redirect: files go to the host that the settings name, and to no other. The library's
/// own client would follow.
#[derive(Debug)]
struct Connector {
    allow_http: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .https_only(!self.allow_http)
            .connect_timeout(CONNECT_WITHIN)
            .read_timeout(SILENCE)
            .http1_only()
            .build();
        client
            .map(HttpClient::new)
            .map_err(|error| object_store::Error::Generic {
                store: "S3",
                source: error.into(),
            })
    }
}

/// The error of a service, with what to do. The text contains no key.
pub(super) fn explained(error: object_store::Error) -> io::Error {
    use object_store::Error::{NotFound, PermissionDenied, Unauthenticated};
    let (kind, what) = match &error {
        NotFound { .. } => (
            io::ErrorKind::NotFound,
            "does not have the object or the bucket (files.s3.bucket)",
        ),
        PermissionDenied { .. } | Unauthenticated { .. } => (
            io::ErrorKind::PermissionDenied,
            "refuses the key: it must be valid and may read, write, list and delete in the bucket \
             (files.s3.access_key_id, files.s3.secret_access_key)",
        ),
        _ => (
            io::ErrorKind::Other,
            "does not do its work: see that it runs and is reached (files.s3.endpoint, files.s3.region)",
        ),
    };
    io::Error::new(kind, format!("the S3 service {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::ObjectStoreExt as _;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    #[tokio::test]
    async fn a_service_sends_nobody_elsewhere() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let service = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/", service.local_addr().unwrap());
        let moved = format!(
            "HTTP/1.1 307 Moved\r\nlocation: http://{}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            elsewhere.local_addr().unwrap()
        );
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = service.accept().await.unwrap();
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(moved.as_bytes()).await;
            }
        });
        let files = open(&Bucket {
            name: "files".to_owned(),
            endpoint: Some(endpoint.parse().unwrap()),
            region: "eu".to_owned(),
            prefix: String::new(),
            access_key_id: "key".to_owned(),
            secret_access_key: "secret".into(),
            bucket_in_host: false,
            allow_http: true,
        })
        .unwrap();
        let (path, called) = (Path::from("file"), elsewhere.accept());
        let answer = tokio::select! {
            answer = files.get(&path) => answer.map(drop),
            _ = called => panic!("the other host was called"),
        };
        assert!(answer.unwrap_err().to_string().contains("307"));
    }
}
