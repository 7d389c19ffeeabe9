//! Meta's words for a price: the `pricing` of a delivery status. It never holds an amount.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status>

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Meta charges per message by this model; the older one charges per conversation.
const PER_MESSAGE: &str = "PMP";

/// What a message is charged as.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CostCategory))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Marketing,
    MarketingLite,
    Utility,
    Authentication,
    AuthenticationInternational,
    /// A free answer within the service window.
    Service,
    /// An answer to somebody who came by an advertisement.
    ReferralConversion,
    /// Meta told no category, or one that this version does not know.
    Unknown,
}

impl Category {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Meta spells one category both `authentication-international` and `authentication_international`.
    fn read(word: &str) -> Self {
        let word = word.trim().to_ascii_lowercase().replace('-', "_");
        word.parse().unwrap_or(Self::Unknown)
    }
}

/// Whether a message costs something.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CostCharge))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    Billable,
    Free,
    /// Free because the customer came by an advertisement: it does not count as one of the free service messages.
    FreeEntryPoint,
    /// Meta did not say.
    Unknown,
}

impl Charge {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The price of a message in Meta's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pricing {
    pub category: Category,
    pub charge: Charge,
}

impl Pricing {
    /// Reads the fields of a status. A message of the older model, which has no price of its own, is unknown.
    pub fn read(
        billable: Option<bool>,
        model: Option<&str>,
        kind: Option<&str>,
        category: Option<&str>,
    ) -> Self {
        let kind = kind.map(str::to_ascii_lowercase);
        let charge = match (billable, kind.as_deref()) {
            _ if model.is_some_and(|model| !model.eq_ignore_ascii_case(PER_MESSAGE)) => Charge::Unknown,
            (Some(true), _) | (None, Some("regular")) => Charge::Billable,
            (_, Some("free_entry_point")) => Charge::FreeEntryPoint,
            (Some(false), _) => Charge::Free,
            (None, Some(kind)) if kind.starts_with("free_") => Charge::Free,
            (None, _) => Charge::Unknown,
        };
        Self {
            category: category.map_or(Category::Unknown, Category::read),
            charge,
        }
    }
}
