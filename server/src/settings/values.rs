//! Parses single values, and says what is wrong with those that it refuses.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{net::IpAddr, path::PathBuf, time::Duration};
use tracing_subscriber::EnvFilter;
use url::Url;

/// A machine, or a network of them: `10.0.0.7` or `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(pub(crate) IpNet);

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network
            .map(Self)
            .map_err(|_| format!("{text:?} is neither an address nor a network"))
    }
}

impl Network {
    pub fn includes(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

/// The header that the proxies write. They may pass the other one on with whatever a client put into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, or `Forwarded` if it is missing.
    Either,
    XForwardedFor,
    /// <https://www.rfc-editor.org/rfc/rfc7239>
    Forwarded,
}

/// The push services of browsers that are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushServices {
    None,
    Public,
    Any,
}

impl From<PushServices> for engine::PushServices {
    fn from(services: PushServices) -> Self {
        match services {
            PushServices::None => Self::None,
            PushServices::Public => Self::Public,
            PushServices::Any => Self::Any,
        }
    }
}

pub(super) fn public_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(&text).map_err(D::Error::custom)?;
    let bare = matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none();
    if bare && url.has_host() && url.username().is_empty() && url.fragment().is_none() {
        Ok(Some(url))
    } else {
        Err(D::Error::custom(
            "must be http:// or https://, a host, and nothing behind it",
        ))
    }
}

/// The address of a service, which may be below a path.
pub(super) fn endpoint<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(&text).map_err(D::Error::custom)?;
    let plain = matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none();
    if plain && url.has_host() && url.username().is_empty() && url.password().is_none() {
        Ok(Some(url))
    } else {
        Err(D::Error::custom(
            "must be https:// or http://, a host, and perhaps a path; the key has its own settings",
        ))
    }
}

pub(super) fn database_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    let text = SecretString::deserialize(from)?;
    let url = text.expose_secret();
    if url.is_empty() {
        Ok(None)
    } else if ["postgres://", "postgresql://", "sqlite://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        Ok(Some(text))
    } else {
        Err(D::Error::custom("must begin with postgres:// or sqlite://"))
    }
}

pub(super) fn master_key<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    let text = SecretString::deserialize(from)?;
    if text.expose_secret().is_empty() {
        return Ok(None);
    }
    match STANDARD.decode(text.expose_secret().trim()) {
        Ok(bytes) if bytes.len() == 32 => Ok(Some(text)),
        _ => Err(D::Error::custom(
            "must be base64 of 32 bytes, as `openssl rand -base64 32` prints them",
        )),
    }
}

pub(super) fn file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let path = PathBuf::deserialize(from)?;
    Ok(Some(path).filter(|path| !path.as_os_str().is_empty()))
}

pub(super) fn graph_version<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let number = text.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    match number {
        Some((major, minor)) if major.parse::<u16>().is_ok() && minor.parse::<u16>().is_ok() => Ok(text),
        _ => Err(D::Error::custom("must look like \"v25.0\"")),
    }
}

pub(super) fn log_level<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    EnvFilter::try_new(&text).map_err(D::Error::custom)?;
    Ok(text)
}

pub(super) fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    span(from, 1)
}

/// Zero is allowed and means no time at all.
pub(super) fn seconds_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    Ok(Duration::from_secs(u32::deserialize(from)?.into()))
}

pub(super) fn hours<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    span(from, 60 * 60)
}

/// Zero is allowed and means never.
pub(super) fn hours_or_never<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    span_or_never(from, 60 * 60)
}

/// As bytes.
pub(super) fn megabytes<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    Ok(u64::from(u32::deserialize(from)?) * 1_000_000)
}

/// Zero is allowed and means never.
pub(super) fn days_or_never<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    span_or_never(from, 24 * 60 * 60)
}

pub(super) fn days<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    span(from, 24 * 60 * 60)
}

fn span_or_never<'de, D: Deserializer<'de>>(from: D, unit: u64) -> Result<Option<Duration>, D::Error> {
    let count = u32::deserialize(from)?;
    Ok((count > 0).then(|| Duration::from_secs(u64::from(count) * unit)))
}

/// Zero is refused; `u32` is the upper limit.
fn span<'de, D: Deserializer<'de>>(from: D, unit: u64) -> Result<Duration, D::Error> {
    match u32::deserialize(from)? {
        0 => Err(D::Error::custom("must be at least 1")),
        count => Ok(Duration::from_secs(u64::from(count).saturating_mul(unit))),
    }
}
