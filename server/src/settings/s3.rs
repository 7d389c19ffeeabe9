//! `[files.s3]`: the bucket that keeps the bytes of files.

use super::values;
use engine::Bucket;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

#[derive(Debug, Clone, Deserialize)]
pub struct S3 {
    /// Empty: files are in the data folder.
    pub bucket: String,
    /// `None`: Amazon's, by the region.
    #[serde(deserialize_with = "values::endpoint")]
    pub endpoint: Option<Url>,
    pub bucket_in_host: bool,
    pub allow_http: bool,
    pub region: String,
    pub prefix: String,
    pub access_key_id: String,
    pub secret_access_key: SecretString,
}

impl S3 {
    /// `None`: files are in the data folder.
    pub fn bucket(&self) -> Option<Bucket> {
        (!self.bucket.is_empty()).then(|| Bucket {
            name: self.bucket.clone(),
            endpoint: self.endpoint.clone(),
            bucket_in_host: self.bucket_in_host,
            allow_http: self.allow_http,
            region: self.region.clone(),
            prefix: self.prefix.clone(),
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.clone(),
        })
    }

    /// What does not fit together, each with its key.
    pub(super) fn problems(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let is_set = !self.bucket.is_empty();
        let is_http = self
            .endpoint
            .as_ref()
            .is_some_and(|endpoint| endpoint.scheme() == "http");
        [
            (
                is_set && self.access_key_id.is_empty(),
                ("files.s3.access_key_id", "must be given with files.s3.bucket"),
            ),
            (
                is_set && self.secret_access_key.expose_secret().is_empty(),
                ("files.s3.secret_access_key", "must be given with files.s3.bucket"),
            ),
            (
                is_set && self.region.is_empty(),
                ("files.s3.region", "must not be empty; most services take \"us-east-1\""),
            ),
            (
                is_set && self.bucket.contains(['/', ' ']),
                ("files.s3.bucket", "must be a bucket's name, without a path (files.s3.prefix)"),
            ),
            (
                is_http && !self.allow_http,
                (
                    "files.s3.endpoint",
                    "is http://: take https://, or set files.s3.allow_http if files may cross the network in the clear",
                ),
            ),
            (
                self.bucket_in_host && self.endpoint.is_none(),
                ("files.s3.bucket_in_host", "needs files.s3.endpoint"),
            ),
        ]
        .into_iter()
        .filter_map(|(wrong, problem)| wrong.then_some(problem))
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    #[test]
    fn a_bucket_needs_its_key_and_a_safe_line() {
        let mut at = Settings::defaults().files.s3;
        assert!(at.bucket().is_none());
        let keys = |at: &super::S3| at.problems().map(|(key, _)| key).collect::<Vec<_>>();
        assert!(keys(&at).is_empty());
        at.bucket = "files".to_owned();
        at.endpoint = "http://minio:9000/".parse().ok();
        assert_eq!(
            keys(&at),
            [
                "files.s3.access_key_id",
                "files.s3.secret_access_key",
                "files.s3.endpoint"
            ]
        );
        at.access_key_id = "id".to_owned();
        at.secret_access_key = "hidden".into();
        at.allow_http = true;
        assert!(keys(&at).is_empty());
        assert!(!format!("{at:?} {:?}", at.bucket()).contains("hidden"));
    }
}
