//! Settings come from an embedded file in which every key has a comment; an optional file overrides it, and the
//! environment overrides both. All problems are reported at once, each with its key or its environment variable.

pub mod warnings;

mod s3;
mod single_sign_on;
mod values;

use domain::{access::Role, erasure};
use figment::{
    Figment,
    providers::{Env, Format as _, Toml},
    value::{Dict, Value},
};
use secrecy::SecretString;
use serde::Deserialize;
use std::{
    fmt,
    net::SocketAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};
use url::Url;

pub use s3::S3;
pub use single_sign_on::{PasswordLogIn, SingleSignOn};
pub use values::{ForwardedHeader, Network, PushServices};

/// The reference of all settings.
pub const DEFAULTS: &str = include_str!("../../default.toml");
const FILE: &str = "switchboard.toml";
const VARIABLES: &str = "SWITCHBOARD_";
/// Keys whose values are never shown.
const SECRETS: [&str; 5] = [
    "database.url",
    "files.s3.secret_access_key",
    "security.master_key",
    "security.next_master_key",
    "single_sign_on.client_secret",
];

#[derive(Debug, Clone, Deserialize)]
pub struct Settings {
    pub http: Http,
    pub data: Data,
    pub database: Database,
    pub meta: Meta,
    pub sessions: Sessions,
    pub files: Files,
    pub retention: Retention,
    pub push: Push,
    pub webhooks: Webhooks,
    pub security: Security,
    pub single_sign_on: SingleSignOn,
    pub log: Log,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Http {
    pub listen: SocketAddr,
    /// `None`: derived from `listen`.
    #[serde(deserialize_with = "values::public_url")]
    pub public_url: Option<Url>,
    pub hosts: Vec<String>,
    pub trusted_proxies: Vec<Network>,
    pub forwarded_header: ForwardedHeader,
    pub webhook_body_bytes: usize,
    pub body_bytes: usize,
    pub bodies_bytes: usize,
    pub webhook_bodies_bytes: usize,
    pub strangers_bodies_bytes: usize,
    #[serde(deserialize_with = "values::seconds")]
    pub head_seconds: Duration,
    #[serde(deserialize_with = "values::seconds")]
    pub write_seconds: Duration,
    pub connections: usize,
    #[serde(deserialize_with = "values::seconds")]
    pub request_seconds: Duration,
    pub webhook_waiting: usize,
    #[serde(deserialize_with = "values::seconds")]
    pub webhook_seconds: Duration,
    pub pages: usize,
    pub streams: usize,
    pub streams_per_user: usize,
    #[serde(deserialize_with = "values::seconds")]
    pub stream_check_seconds: Duration,
    pub api_requests_per_minute: NonZeroU32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Data {
    pub dir: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Database {
    #[serde(deserialize_with = "values::database_url")]
    pub url: Option<SecretString>,
    #[serde(deserialize_with = "values::seconds_or_none")]
    pub wait_seconds: Duration,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Meta {
    pub graph_url: Url,
    #[serde(deserialize_with = "values::graph_version")]
    pub graph_version: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Sessions {
    /// `None`: never.
    #[serde(deserialize_with = "values::hours_or_never")]
    pub close_idle_hours: Option<Duration>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Files {
    #[serde(rename = "max_mb", deserialize_with = "values::megabytes")]
    pub most: u64,
    #[serde(rename = "free_mb", deserialize_with = "values::megabytes")]
    pub free: u64,
    #[serde(deserialize_with = "values::hours")]
    pub keep_sent_hours: Duration,
    #[serde(deserialize_with = "values::hours")]
    pub keep_received_hours: Duration,
    pub s3: S3,
}

/// `None`: for ever.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Retention {
    #[serde(deserialize_with = "values::days_or_never")]
    pub sessions_days: Option<Duration>,
    #[serde(deserialize_with = "values::days_or_never")]
    pub messages_days: Option<Duration>,
    #[serde(deserialize_with = "values::days_or_never")]
    pub contacts_days: Option<Duration>,
}

impl From<Retention> for erasure::Retention {
    fn from(of: Retention) -> Self {
        Self {
            sessions: of.sessions_days,
            messages: of.messages_days,
            contacts: of.contacts_days,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct Push {
    pub services: PushServices,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Webhooks {
    pub networks: Vec<Network>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Security {
    #[serde(deserialize_with = "values::master_key")]
    pub master_key: Option<SecretString>,
    /// `None`: a new `master.key`.
    #[serde(deserialize_with = "values::master_key")]
    pub next_master_key: Option<SecretString>,
    #[serde(deserialize_with = "values::hours")]
    pub session_idle_hours: Duration,
    #[serde(deserialize_with = "values::days")]
    pub session_days: Duration,
    pub mask_numbers: bool,
    pub tokens_give: Role,
    pub second_factor_roles: Vec<Role>,
    /// `None`: the uploaded one.
    #[serde(deserialize_with = "values::file")]
    pub country_database: Option<PathBuf>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Log {
    pub format: LogFormat,
    #[serde(deserialize_with = "values::log_level")]
    pub level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

/// Every problem of the settings, one per line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the settings are not right:\n  {}", .0.join("\n  "))]
pub struct Problems(pub Vec<String>);

/// One key, its value, and the source of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    pub key: String,
    pub value: String,
    pub source: String,
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setting = format!("{} = {}", self.key, self.value);
        write!(f, "{setting:<60} # {}", self.source)
    }
}

impl Settings {
    /// The defaults alone. Tests and the demo start from them and ignore the environment.
    pub fn defaults() -> Self {
        Figment::from(Toml::string(DEFAULTS))
            .extract()
            .expect("the embedded defaults are right: a test reads them")
    }

    /// The defaults, the file (the given one, or `./switchboard.toml` if it exists), and the environment.
    ///
    /// # Errors
    /// Every unknown key and every wrong value.
    pub fn load(file: Option<&Path>) -> Result<(Self, Vec<Effective>), Problems> {
        let figment = layers(file)?;
        let known = keys(&Figment::from(Toml::string(DEFAULTS)));
        let mut problems = Vec::new();
        for key in keys(&figment).iter().map(|(key, _)| key) {
            if !known.iter().any(|(known, _)| known == key) {
                problems.push(format!("{}: there is no such setting", place(&figment, key)));
            }
        }

        // Serde stops at the first wrong value. Replacing it with the default reveals the next one.
        let mut patched = figment.clone();
        let settings = loop {
            let error = match patched.extract::<Self>() {
                Ok(settings) => break settings,
                Err(error) => error,
            };
            let key = error.path.join(".");
            let Some((_, default)) = known.iter().find(|(known, _)| key.starts_with(known.as_str())) else {
                problems.push(error.to_string());
                return Err(Problems(problems));
            };
            problems.push(format!("{}: {}", place(&figment, &key), error.kind));
            patched = patched.merge((key.as_str(), default));
        };
        let incomplete = settings
            .files
            .s3
            .problems()
            .chain(settings.single_sign_on.problems());
        problems.extend(incomplete.map(|(key, problem)| format!("{}: {problem}", place(&figment, key))));
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let effective = keys(&figment).into_iter().map(|(key, value)| Effective {
            value: shown(&key, &value),
            source: source(&figment, &key),
            key,
        });
        Ok((settings, effective.collect()))
    }
}

fn layers(file: Option<&Path>) -> Result<Figment, Problems> {
    let figment = Figment::from(Toml::string(DEFAULTS));
    let figment = match file {
        Some(path) if !path.is_file() => {
            return Err(Problems(vec![format!(
                "{}: there is no such file",
                path.display()
            )]));
        }
        Some(path) => figment.merge(Toml::file_exact(path)),
        None if Path::new(FILE).is_file() => figment.merge(Toml::file_exact(FILE)),
        None => figment,
    };
    // Variables of other programs may share the prefix; Switchboard's name a section, and so contain two underscores.
    let variables = Env::prefixed(VARIABLES)
        .filter(|name| name.as_str().contains("__"))
        .split("__");
    Ok(figment.merge(variables))
}

/// All keys as `section.key` or `section.part.key`, with their values.
fn keys(figment: &Figment) -> Vec<(String, Value)> {
    let sections = figment.extract::<Dict>().unwrap_or_default();
    sections
        .into_iter()
        .flat_map(|(key, value)| below(key, value))
        .collect()
}

fn below(key: String, value: Value) -> Vec<(String, Value)> {
    match value {
        Value::Dict(_, values) => values
            .into_iter()
            .flat_map(|(name, value)| below(format!("{key}.{name}"), value))
            .collect(),
        other => vec![(key, other)],
    }
}

/// Where a key is set, in the words of whoever has to correct it.
fn place(figment: &Figment, key: &str) -> String {
    match source(figment, key).as_str() {
        "environment" => format!("{VARIABLES}{}", key.replace('.', "__").to_uppercase()),
        source => format!("{key} ({source})"),
    }
}

fn source(figment: &Figment, key: &str) -> String {
    let metadata = figment.find_metadata(key);
    let file = metadata
        .and_then(|m| m.source.as_ref())
        .and_then(|source| source.file_path());
    match (metadata, file) {
        (_, Some(path)) => path.display().to_string(),
        (Some(metadata), None) if metadata.name.contains("environment") => "environment".into(),
        _ => "default".into(),
    }
}

fn shown(key: &str, value: &Value) -> String {
    if SECRETS.contains(&key) {
        let set = value.as_str().is_none_or(|text| !text.is_empty());
        return if set { "(secret)" } else { "\"\"" }.into();
    }
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_defaults_are_right() {
        let settings = Settings::defaults();
        assert_eq!(settings.http.listen.port(), 3000);
        assert!(settings.http.public_url.is_none());
        assert_eq!(settings.security.session_days, Duration::from_secs(7 * 24 * 3600));
    }

    #[test]
    fn every_default_has_its_comment() {
        let lines: Vec<_> = DEFAULTS.lines().collect();
        for pair in lines.windows(2) {
            let is_key = |line: &str| line.contains(" = ") && !line.starts_with('#');
            assert!(
                !is_key(pair[1]) || pair[0].starts_with('#'),
                "{} has no comment",
                pair[1]
            );
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let mut settings = Settings::defaults();
        settings.security.master_key = Some("c2VjcmV0".into());
        assert!(!format!("{settings:?}").contains("c2VjcmV0"));
        assert_eq!(
            shown("database.url", &Value::from("postgres://u:p@h/d")),
            "(secret)"
        );
    }
}
