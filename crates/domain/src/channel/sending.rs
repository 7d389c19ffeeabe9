//! The form of the Sending tab.

use crate::{
    channel::ReadReceipts,
    file::FileWay,
    form::{Invalid, Problem, Problems, unknown},
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The Sending tab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendingForm {
    pub messages_per_second: String,
    pub file_way: String,
    pub unconfirmed: String,
    pub read_receipts: String,
    pub templates_allowed: bool,
}

/// How a channel sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ChannelSending))]
pub struct Sending {
    /// From 1 to [`Sending::FASTEST`].
    pub messages_per_second: u32,
    pub file_way: FileWay,
    pub unconfirmed: Unconfirmed,
    pub read_receipts: ReadReceipts,
    /// Operators may send templates. Not by default: a template costs money, and Meta lowers the quality of a number
    /// whose templates customers do not want.
    pub templates_allowed: bool,
}

/// What becomes of a message whose call to Meta may have been accepted, when no status tells within half a minute.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Unconfirmed {
    /// It is sent once more; if that ends in doubt again, an operator decides.
    #[default]
    OnceMore,
    /// An operator decides.
    Ask,
}

impl Unconfirmed {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Sending {
    /// The most that Meta allows to any number.
    pub const FASTEST: u32 = 1000;
}

impl Default for Sending {
    /// 80 messages a second are what Meta allows to a number unless it says otherwise; a number that is used in the
    /// WhatsApp Business app too has 20.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput>
    fn default() -> Self {
        Self {
            messages_per_second: 80,
            file_way: FileWay::default(),
            unconfirmed: Unconfirmed::default(),
            read_receipts: ReadReceipts::default(),
            templates_allowed: false,
        }
    }
}

impl From<Sending> for SendingForm {
    fn from(sending: Sending) -> Self {
        Self {
            messages_per_second: sending.messages_per_second.to_string(),
            file_way: sending.file_way.as_str().to_owned(),
            unconfirmed: sending.unconfirmed.as_str().to_owned(),
            read_receipts: sending.read_receipts.as_str().to_owned(),
            templates_allowed: sending.templates_allowed,
        }
    }
}

impl Default for SendingForm {
    fn default() -> Self {
        Sending::default().into()
    }
}

impl SendingForm {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Sending, Invalid> {
        let mut problems = Problems::default();
        let rate = match self.messages_per_second.trim().parse() {
            Ok(rate @ 1..=Sending::FASTEST) => Ok(rate),
            _ => Err(Problem::NotARate),
        };
        let rate = problems.take("messages_per_second", rate);
        let file_way = problems.take("file_way", self.file_way.parse());
        let unconfirmed = problems.take("unconfirmed", self.unconfirmed.parse());
        let read_receipts = problems.take("read_receipts", self.read_receipts.parse());
        match (rate, file_way, unconfirmed, read_receipts) {
            (Some(messages_per_second), Some(file_way), Some(unconfirmed), Some(read_receipts)) => {
                Ok(Sending {
                    messages_per_second,
                    file_way,
                    unconfirmed,
                    read_receipts,
                    templates_allowed: self.templates_allowed,
                })
            }
            _ => Err(problems.refuse()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named() {
        assert_eq!(SendingForm::default().check(), Ok(Sending::default()));
        for rate in ["", "0", "1001", "-1", "8.5", "eighty", "99999999999999999999"] {
            let form = SendingForm {
                messages_per_second: rate.into(),
                file_way: "pigeon".into(),
                ..SendingForm::default()
            };
            let problems = form.check().unwrap_err().fields;
            let problems: Vec<_> = problems
                .iter()
                .map(|wrong| (wrong.field.as_str(), wrong.problem))
                .collect();
            assert_eq!(
                problems,
                [
                    ("messages_per_second", Problem::NotARate),
                    ("file_way", Problem::Unknown)
                ]
            );
        }
    }
}
