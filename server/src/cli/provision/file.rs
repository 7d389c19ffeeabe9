//! The file of `switchboard apply`, in TOML or JSON. Each thing has a field by which it is known; every other field may be
//! missing: then what is stored stays, and a new thing has the default. Only what is disabled is enabled again unless the
//! file says otherwise: `--prune` disables what is not named, and naming it brings it back.

use super::{
    lines::{Lines, line_at},
    reference::Reference,
};
use crate::cli::text_file;
use serde::{Deserialize, Serialize};
use std::path::Path;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct File {
    pub extensions: Vec<Extension>,
    pub queues: Vec<Queue>,
    pub channels: Vec<Channel>,
    pub webhooks: Vec<Webhook>,
    pub tokens: Vec<Token>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    pub number: String,
    pub name: Option<String>,
    /// Empty: nobody logs in.
    pub login: Option<String>,
    pub role: Option<String>,
    /// 0: the default.
    pub capacity: Option<u32>,
    #[serde(default)]
    pub disabled: bool,
    /// Of a new log-in: whoever has a password keeps it.
    #[serde(skip_serializing)]
    pub password: Option<Reference>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    pub name: String,
    /// Numbers of extensions.
    pub members: Option<Vec<String>>,
    pub pick_up: Option<String>,
    pub distributes: Option<bool>,
    #[serde(default)]
    pub disabled: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    pub phone_number_id: String,
    pub name: Option<String>,
    pub phone_number: Option<String>,
    pub waba_id: Option<String>,
    /// `queue:NAME` or `extension:NUMBER`.
    pub destination: Option<String>,
    pub fallback: Option<String>,
    pub messages_per_second: Option<u32>,
    pub file_way: Option<String>,
    pub unconfirmed: Option<String>,
    pub read_receipts: Option<String>,
    pub templates_allowed: Option<bool>,
    pub paused: Option<bool>,
    #[serde(skip_serializing)]
    pub access_token: Option<Reference>,
    #[serde(skip_serializing)]
    pub app_secret: Option<Reference>,
    #[serde(skip_serializing)]
    pub next_app_secret: Option<Reference>,
    /// Of the stored one when it was read: nobody may have saved it since.
    #[serde(skip)]
    pub version: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub name: String,
    pub address: Option<String>,
    /// None: all.
    pub types: Option<Vec<String>>,
    /// Phone-number ids; none: all.
    pub channels: Option<Vec<String>>,
    /// Names; none: all.
    pub queues: Option<Vec<String>>,
    #[serde(default)]
    pub disabled: bool,
    #[serde(skip_serializing)]
    pub secret: Option<Reference>,
    /// Of the stored one when it was read: nobody may have saved it since.
    #[serde(skip)]
    pub version: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub name: String,
    pub scope: Option<String>,
    /// `channel:PHONE_NUMBER_ID` or `queue:NAME`; empty: it reaches everything.
    pub bound: Option<String>,
    /// When it expires, in RFC 3339; empty: never.
    pub expires_at: Option<String>,
    /// Of a new token, in place of this: after how many days it expires.
    #[serde(skip_serializing)]
    pub days: Option<u32>,
    #[serde(skip_serializing)]
    pub token: Option<Reference>,
    /// Of the stored one: it opens nothing any more.
    #[serde(skip)]
    pub expired: bool,
}

impl File {
    /// Reads the file: JSON if its name ends so, otherwise TOML.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub(super) fn read(path: &Path) -> anyhow::Result<(Self, Lines)> {
        let place = path.display();
        let text = text_file::read(path).map_err(|error| anyhow::anyhow!("{place}: {error}"))?;
        let is_json = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("json"));
        let read = if is_json { json(&text) } else { toml(&text) };
        let read = read.map_err(|(line, what)| {
            anyhow::anyhow!("{place}:{line}: {what}. Nothing was changed: correct this line")
        })?;
        let lines = Lines {
            file: path.to_owned(),
            toml: (!is_json).then_some(text),
        };
        Ok((read, lines))
    }
}

fn json(text: &str) -> Result<File, (usize, String)> {
    serde_json::from_str(text).map_err(|error| {
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        (error.line(), what.to_owned())
    })
}

fn toml(text: &str) -> Result<File, (usize, String)> {
    // The error's own text would repeat the line, in which a secret may stand.
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let byte = error.span().map_or(0, |span| span.start);
        (line_at(text, byte), error.message().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_is_named_with_its_line() {
        let (line, what) = toml("[[queues]]\nname = \"Support\"\ncolour = \"red\"\n").unwrap_err();
        assert_eq!(line, 3);
        assert!(what.contains("colour"), "{what}");
        let (line, what) = json("{\"queues\": [\n{\"name\": \"Support\", \"colour\": 1}]}").unwrap_err();
        assert_eq!(line, 2);
        assert!(what.contains("colour"), "{what}");
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_not_repeated() {
        for text in [
            "[[channels]]\nphone_number_id = \"1\"\napp_secret = \"s3cr3t\"\n",
            "[[tokens]]\nname = \"CRM\"\ntoken = { value = \"s3cr3t\" }\n",
        ] {
            let (line, what) = toml(text).unwrap_err();
            assert_eq!(line, 3, "{what}");
            assert!(!what.contains("s3cr3t"), "{what}");
        }
    }
}
