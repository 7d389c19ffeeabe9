//! Meta's three kinds of ids. Only `parse` creates them, so a number, a user and a message cannot be confused, and no
//! invalid id can exist.

use serde::{Deserialize, Serialize};

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind}")]
pub struct InvalidId {
    /// The kind of id: "WhatsApp number", "business-scoped user id" or "message id".
    pub kind: &'static str,
}

macro_rules! identity {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $normal:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// [`InvalidId`] if the text does not have the expected form.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                $normal(text).map(|normal| Self(normal.to_owned())).ok_or(InvalidId { kind: $kind })
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

identity!(
    /// A WhatsApp number as Meta writes it: 5 to 20 digits with the country code; a leading `+` is
    /// dropped. It may differ from the number that was dialled (Brazil, Mexico, Argentina).
    WaId,
    "WhatsApp number",
    wa_id
);

identity!(
    /// A business-scoped user id, which names a person without a phone number: `US.1349…`, a parent's
    /// `US.ENT.1349…`, or the form that was documented until February 2026, `user.` and 64 hex digits.
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids>
    Bsuid,
    "business-scoped user id",
    bsuid
);

identity!(
    /// A message's id: any text of 1 to 512 bytes, kept as Meta wrote it.
    Wamid,
    "message id",
    wamid
);

fn wa_id(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let valid = (5..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    valid.then_some(digits)
}

fn bsuid(text: &str) -> Option<&str> {
    let (head, rest) = text.split_once('.')?;
    let valid = if head == "user" {
        rest.len() == 64 && rest.bytes().all(|b| b.is_ascii_hexdigit())
    } else {
        let id = rest.strip_prefix("ENT.").unwrap_or(rest);
        head.len() == 2
            && head.bytes().all(|b| b.is_ascii_uppercase())
            && (1..=128).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    valid.then_some(text)
}

fn wamid(text: &str) -> Option<&str> {
    (1..=512).contains(&text.len()).then_some(text)
}

/// Reads an id of a person. Meta has put business-scoped ids into phone-number fields, so every such field is read
/// through this function.
pub(crate) fn person(text: Option<String>) -> (Option<WaId>, Option<Bsuid>) {
    match text {
        Some(text) => (WaId::parse(&text).ok(), Bsuid::parse(&text).ok()),
        None => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whatsapp_number_is_digits() {
        assert_eq!(WaId::parse("+420777123456").unwrap().as_str(), "420777123456");
        for wrong in [
            "",
            "+",
            "1234",
            "123456789012345678901",
            "420 777",
            "++420777",
            "US.123456",
            "４２０７７",
        ] {
            assert!(WaId::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_user_id_has_three_forms() {
        let long = format!("CZ.{}", "a".repeat(128));
        let legacy = format!("user.{}", "0f".repeat(32));
        for right in ["US.13491208655302741918", "US.ENT.1349120865530", &long, &legacy] {
            assert_eq!(Bsuid::parse(right).unwrap().to_string(), right);
        }
        let too_long = format!("{long}a");
        for wrong in [
            "",
            "US.",
            "US.ENT.",
            "us.123",
            "USA.123",
            "US.1-2",
            "420777123456",
            "user.12",
            &too_long,
        ] {
            assert!(Bsuid::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_message_id_is_opaque_but_bounded() {
        assert_eq!(Wamid::parse("wamid.HBgL==").unwrap().as_str(), "wamid.HBgL==");
        assert!(Wamid::parse(&"x".repeat(512)).is_ok());
        assert!(Wamid::parse("").is_err());
        assert!(Wamid::parse(&"x".repeat(513)).is_err());
    }

    #[test]
    fn serde_goes_through_parse() {
        let id: WaId = serde_json::from_str(r#""+420777123456""#).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), r#""420777123456""#);
        assert!(serde_json::from_str::<WaId>(r#""US.1""#).is_err());
    }
}
