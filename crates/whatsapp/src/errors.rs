//! Meta's error codes: their titles, and what each requires of the sender. The table is `error_codes.json` beside this
//! file. The classes are Switchboard's policy; the codes and titles are Meta's.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::json::{self, Object};

/// What an error requires of the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryClass {
    /// Send the same again, with growing pauses and jitter.
    Retry,
    /// As `Retry`, but two or three times at most.
    RetryFew,
    /// Send again after minutes.
    RetrySlow,
    /// Do not send again soon: wait for hours, or let somebody decide.
    Wait,
    /// The access token is no longer valid: stop sending with it and alert.
    Reauth,
    /// The number or its account is blocked or misconfigured: stop sending from it and alert.
    Account,
    /// This recipient cannot be reached: fail this message only.
    Recipient,
    /// The message itself is wrong: fail it.
    Request,
    /// Concerns groups only.
    Group,
}

/// The class of the code; `None` for a code that is not in the table.
pub fn class_of(code: i64) -> Option<RetryClass> {
    entry(code).map(|entry| entry.retry_class)
}

/// Meta's short English title of the code.
pub fn title_of(code: i64) -> Option<&'static str> {
    entry(code).map(|entry| entry.title.as_str())
}

/// An error in a webhook: for a message, a status, or the number as a whole. Meta sends the reason of a failed message
/// only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphErrorObject {
    /// [`GraphErrorObject::NO_CODE`] when Meta sent none.
    pub code: i64,
    pub title: Option<String>,
    pub message: Option<String>,
    pub details: Option<String>,
    /// Meta's page about the error.
    pub href: Option<String>,
}

impl GraphErrorObject {
    /// Stands for a missing code, because 0 is a code of Meta.
    pub const NO_CODE: i64 = -1;

    /// `None` for a code that is not in the table.
    pub fn class(&self) -> Option<RetryClass> {
        class_of(self.code)
    }

    /// The errors of a list. An item that is not an object is read as a code or as the reason itself: the documentation
    /// shows objects only, but Meta sends the reason only once, so any text is kept.
    pub(crate) fn list(of: &Object<'_>, key: &str) -> Vec<Self> {
        let item = |raw| match Object::open(raw) {
            Some(object) => Some(Self::read(&object)),
            None => Self::bare(&json::string(raw)?),
        };
        of.list(key).into_iter().filter_map(item).collect()
    }

    /// A bare code or a bare reason; `None` if it is blank.
    pub(crate) fn bare(text: &str) -> Option<Self> {
        let text = text.trim();
        let code = text.parse().ok();
        (!text.is_empty()).then(|| Self {
            code: code.unwrap_or(Self::NO_CODE),
            title: code.is_none().then(|| text.to_owned()),
            message: None,
            details: None,
            href: None,
        })
    }

    /// The most specific text that Meta gives, or else the title of the code.
    pub fn reason(&self) -> Option<String> {
        let said = [&self.details, &self.message, &self.title];
        let said = said.into_iter().flatten().next().cloned();
        said.or_else(|| title_of(self.code).map(str::to_owned))
            .or_else(|| (self.code != Self::NO_CODE).then(|| self.code.to_string()))
    }

    pub(crate) fn read(object: &Object<'_>) -> Self {
        Self {
            code: object.parsed("code").unwrap_or(Self::NO_CODE),
            title: object.text("title"),
            message: object.text("message"),
            details: details(object),
            href: object.text("href"),
        }
    }
}

/// `error_data.details`; older payloads have `details` directly.
pub(crate) fn details(error: &Object<'_>) -> Option<String> {
    error
        .object("error_data")
        .and_then(|data| data.text("details"))
        .or_else(|| error.text("details"))
}

#[derive(Debug, Deserialize)]
struct Entry {
    code: Code,
    title: String,
    retry_class: RetryClass,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Code {
    One(i64),
    /// "200-299"
    Range(String),
}

#[derive(Debug, Default)]
struct Table {
    codes: HashMap<i64, Entry>,
    ranges: Vec<(i64, i64, Entry)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    load(include_str!("error_codes.json")).expect("error_codes.json is part of the build and tested")
});

fn load(json: &str) -> Option<Table> {
    #[derive(Deserialize)]
    struct File {
        codes: Vec<Entry>,
    }
    let mut table = Table::default();
    for entry in serde_json::from_str::<File>(json).ok()?.codes {
        match &entry.code {
            Code::One(code) => {
                table.codes.insert(*code, entry);
            }
            Code::Range(range) => {
                let (first, last) = range.split_once('-')?;
                table
                    .ranges
                    .push((first.parse().ok()?, last.parse().ok()?, entry));
            }
        }
    }
    Some(table)
}

fn entry(code: i64) -> Option<&'static Entry> {
    let table: &'static Table = &TABLE;
    table.codes.get(&code).or_else(|| {
        let in_range = table
            .ranges
            .iter()
            .find(|(first, last, _)| (*first..=*last).contains(&code));
        in_range.map(|(_, _, entry)| entry)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_file_is_known() {
        let file: serde_json::Value = serde_json::from_str(include_str!("error_codes.json")).unwrap();
        let rows = file["codes"].as_array().unwrap();
        for row in rows {
            let code = row["code"].as_i64().unwrap_or(200);
            let class: RetryClass = serde_json::from_value(row["retry_class"].clone()).unwrap();
            assert_eq!(
                (class_of(code), title_of(code)),
                (Some(class), row["title"].as_str()),
                "{row}"
            );
        }
        assert_eq!(
            TABLE.codes.len() + TABLE.ranges.len(),
            rows.len(),
            "a code stands twice"
        );
    }

    #[test]
    fn codes_ask_what_meta_documents() {
        for (code, class) in [
            (190, RetryClass::Reauth),
            (131_056, RetryClass::Retry),
            (131_047, RetryClass::Recipient),
            (131_031, RetryClass::Account),
            (132_069, RetryClass::RetrySlow),
            (1, RetryClass::RetryFew),
            (131_048, RetryClass::Wait),
            (100, RetryClass::Request),
            (131_041, RetryClass::Group),
        ] {
            assert_eq!(class_of(code), Some(class), "{code}");
        }
    }

    #[test]
    fn the_permission_codes_are_a_range() {
        assert_eq!([200, 250, 299].map(class_of), [Some(RetryClass::Reauth); 3]);
        assert_eq!([199, 300, -1, 999_999].map(class_of), [None; 4]);
        assert_eq!(title_of(250), Some("API Permission"));
    }
}
