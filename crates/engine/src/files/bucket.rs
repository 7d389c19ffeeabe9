//! The store of files at an S3-compatible service, and what its errors mean for whoever runs the process.

use crate::{Error, Result, config::Bucket};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder, path::Path,
    prefix::PrefixStore,
};
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
    let client = ClientOptions::new()
        .with_allow_http(bucket.allow_http)
        .with_connect_timeout(CONNECT_WITHIN)
        .with_read_timeout(SILENCE)
        .with_timeout_disabled();
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.access_key_id)
        .with_secret_access_key(bucket.secret_access_key.expose_secret())
        // Amazon names the bucket in the host, and an own endpoint does only if it says so.
        .with_virtual_hosted_style_request(bucket.endpoint.is_none() || bucket.bucket_in_host)
        // Not every service can delete several objects by one call.
        .with_disable_bulk_delete(true)
        .with_client_options(client)
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
