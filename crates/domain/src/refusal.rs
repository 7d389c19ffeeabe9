//! Every reason why a request from a user or a script is refused. This module holds only the reason; the console holds
//! the wording, so that each language has its own.

use crate::{
    countries::{Country, Unfit},
    form::{FieldProblem, Invalid, Problem},
    sign_on::SignOnProblem,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refusal {
    #[error("there is no such thing, or it is not yours to see")]
    NotFound,
    #[error("your role does not allow this")]
    Forbidden,
    #[error("the name or the password is wrong")]
    WrongLogin,
    #[error("the password has to be typed again before such a change")]
    Reauthenticate,
    #[error("too many attempts, try again in {seconds} s")]
    TooManyAttempts { seconds: u32 },
    #[error("too busy at this moment, try again in {seconds} s")]
    Busy { seconds: u32 },
    #[error("Meta was asked a moment ago, ask again in {seconds} s")]
    AskedJustNow { seconds: u32 },
    #[error("this link has been used or has expired")]
    LinkUsed,
    #[error("some fields are not right")]
    Invalid { fields: Vec<FieldProblem> },
    #[error("somebody else saved this in the meantime")]
    ChangedMeanwhile,
    #[error("{by} has taken this session")]
    Taken { by: String },
    #[error("pick the session up first")]
    PickUpFirst,
    #[error("only {owner} can go on with this session")]
    NotYours { owner: String },
    #[error("the session is closed")]
    SessionClosed,
    #[error("the customer wrote in a WhatsApp group, and answering in groups is not possible yet")]
    InGroup,
    #[error("the service window is closed: the customer last wrote more than 24 hours ago")]
    WindowClosed,
    #[error("this customer is blocked")]
    CustomerBlocked,
    #[error("WhatsApp tells no number of this customer, and Meta blocks only by number")]
    NoNumber,
    #[error("Meta refused: {why}")]
    MetaRefused { code: i64, why: String },
    #[error(
        "there is no usable answer from Meta, which may have done it; the same request may be sent again"
    )]
    MetaSilent,
    #[error("a file may have at most {most} bytes")]
    FileTooLarge { most: u64 },
    #[error("there is no space left for files")]
    NoSpace,
    #[error("the upload goes on at byte {offset}")]
    WrongOffset { offset: u64 },
    #[error("the file is not kept any more")]
    FileGone,
    #[error("this month's budget of {budget} is spent, and templates are stopped until the next month")]
    BudgetSpent { budget: String },
    #[error("this channel sends no templates")]
    TemplatesOff,
    #[error("Meta does not send this template now: it is {status}")]
    TemplateNotApproved { status: String },
    #[error("you have no extension")]
    NoExtension,
    #[error("this extension or queue is disabled")]
    Disabled,
    #[error("this queue has no pick-up: everyone in it answers")]
    NoPickUp,
    #[error("the last administrator cannot be disabled")]
    LastAdmin,
    #[error("this user has an extension, and is changed with it")]
    HasExtension,
    #[error("one's own password is changed in one's own account, with the current one")]
    OwnPassword,
    #[error("one's own second factor is turned off in one's own account, with a code")]
    OwnSecondFactor,
    #[error("single sign-on refuses it: {}", .why.as_str())]
    SingleSignOn { why: SignOnProblem },
    #[error("users log in by single sign-on; only administrators have a password")]
    UseSingleSignOn,
    #[error("browsers have no passkeys for this address")]
    NoPasskeys,
    #[error("this answer of a passkey does not belong to the question, or came too late")]
    WrongPasskey,
    #[error("only a failed message can be sent again")]
    NotFailed,
    #[error("this key has been used for another message or call")]
    KeyReused,
    #[error("this session has been moved to {to}")]
    Moved { to: String },
    #[error("nothing is stored any more that could be applied again")]
    NothingToReplay,
    #[error("what waits for the webhook is being sent again or given up, try again in {seconds} s")]
    WebhookAtWork { seconds: u32 },
    #[error("the channel cannot send: it has no access token or no phone-number id")]
    ChannelIncomplete,
    #[error("the name that was typed is not the channel's")]
    NameDiffers,
    #[error("the cursor is not one of ours")]
    BadCursor,
    #[error("{address} is not in a country from which this may be used")]
    CountryNotAllowed { address: IpAddr },
    #[error("this would shut out {address}, from which it is being saved")]
    LocksYouOut {
        address: IpAddr,
        /// `None`: the database does not know the address.
        country: Option<Country>,
    },
    #[error("there is no country database yet")]
    NoCountryDatabase,
    #[error("the file is not a country database: {}", .why.as_str())]
    UnfitDatabase { why: Unfit },
}

/// The kinds of refusal that a caller distinguishes by the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The request cannot be parsed.
    Malformed,
    /// The request has no valid log-in or token.
    Unauthenticated,
    /// The caller may not do this.
    Forbidden,
    /// It does not exist, or the caller must not know that it does.
    NotFound,
    /// The current state does not allow it.
    Conflict,
    /// It existed once, and will not come back.
    Gone,
    /// The request can be parsed, but its values are invalid.
    Invalid,
    /// The caller asks too often.
    TooMany,
    /// What is sent is larger than is accepted.
    TooLarge,
    /// The same request may succeed in a moment.
    Unavailable,
    /// There is no space to store what is sent.
    NoSpace,
}

impl Class {
    /// The HTTP status: <https://www.rfc-editor.org/rfc/rfc9110#section-15>
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::NoSpace => 507,
        }
    }
}

impl Refusal {
    /// The kind of this refusal, for the REST API and for the console alike.
    pub fn class(&self) -> Class {
        match self {
            Self::BadCursor => Class::Malformed,
            Self::WrongLogin | Self::Reauthenticate | Self::SingleSignOn { .. } => Class::Unauthenticated,
            Self::Forbidden | Self::CountryNotAllowed { .. } => Class::Forbidden,
            Self::NotFound => Class::NotFound,
            Self::LinkUsed | Self::FileGone => Class::Gone,
            Self::FileTooLarge { .. } => Class::TooLarge,
            Self::NoSpace => Class::NoSpace,
            Self::Invalid { .. } | Self::UnfitDatabase { .. } | Self::KeyReused | Self::WrongPasskey => {
                Class::Invalid
            }
            Self::TooManyAttempts { .. } | Self::AskedJustNow { .. } => Class::TooMany,
            Self::Busy { .. } | Self::MetaSilent => Class::Unavailable,
            Self::ChangedMeanwhile
            | Self::Taken { .. }
            | Self::Moved { .. }
            | Self::PickUpFirst
            | Self::NotYours { .. }
            | Self::SessionClosed
            | Self::InGroup
            | Self::WindowClosed
            | Self::CustomerBlocked
            | Self::NoNumber
            | Self::MetaRefused { .. }
            | Self::WrongOffset { .. }
            | Self::BudgetSpent { .. }
            | Self::TemplatesOff
            | Self::TemplateNotApproved { .. }
            | Self::NoExtension
            | Self::Disabled
            | Self::NoPickUp
            | Self::LastAdmin
            | Self::HasExtension
            | Self::OwnPassword
            | Self::OwnSecondFactor
            | Self::UseSingleSignOn
            | Self::NoPasskeys
            | Self::NotFailed
            | Self::NothingToReplay
            | Self::WebhookAtWork { .. }
            | Self::NameDiffers
            | Self::LocksYouOut { .. }
            | Self::NoCountryDatabase
            | Self::ChannelIncomplete => Class::Conflict,
        }
    }

    /// The number of seconds after which the same request may succeed (`Retry-After`), if known.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooManyAttempts { seconds }
            | Self::Busy { seconds }
            | Self::AskedJustNow { seconds }
            | Self::WebhookAtWork { seconds } => Some(*seconds),
            _ => None,
        }
    }

    /// A refusal for a single field.
    pub fn field(field: &str, problem: Problem) -> Self {
        Invalid::field(field, problem).into()
    }

    /// Another object with this name already has the field's value.
    pub fn taken(field: &str, by: &str) -> Self {
        Invalid::taken(field, by).into()
    }
}

impl From<Invalid> for Refusal {
    fn from(Invalid { fields }: Invalid) -> Self {
        Self::Invalid { fields }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scripts and pages rely on these status codes.
    #[test]
    fn each_refusal_has_its_status() {
        let address = IpAddr::from([203, 0, 113, 9]);
        let who = || "Jana".to_owned();
        let table = [
            (Refusal::BadCursor, 400),
            (Refusal::WrongLogin, 401),
            (
                Refusal::SingleSignOn {
                    why: SignOnProblem::NoRole,
                },
                401,
            ),
            (Refusal::Reauthenticate, 401),
            (Refusal::Forbidden, 403),
            (Refusal::CountryNotAllowed { address }, 403),
            (Refusal::NotFound, 404),
            (Refusal::ChangedMeanwhile, 409),
            (Refusal::Taken { by: who() }, 409),
            (Refusal::Moved { to: who() }, 409),
            (Refusal::PickUpFirst, 409),
            (Refusal::NotYours { owner: who() }, 409),
            (Refusal::SessionClosed, 409),
            (Refusal::InGroup, 409),
            (Refusal::WindowClosed, 409),
            (Refusal::CustomerBlocked, 409),
            (Refusal::NoNumber, 409),
            (
                Refusal::MetaRefused {
                    code: 131_047,
                    why: who(),
                },
                409,
            ),
            (Refusal::BudgetSpent { budget: who() }, 409),
            (Refusal::TemplatesOff, 409),
            (Refusal::TemplateNotApproved { status: who() }, 409),
            (Refusal::NoExtension, 409),
            (Refusal::Disabled, 409),
            (Refusal::NoPickUp, 409),
            (Refusal::LastAdmin, 409),
            (Refusal::HasExtension, 409),
            (Refusal::OwnPassword, 409),
            (Refusal::OwnSecondFactor, 409),
            (Refusal::UseSingleSignOn, 409),
            (Refusal::NoPasskeys, 409),
            (Refusal::NotFailed, 409),
            (Refusal::NothingToReplay, 409),
            (Refusal::WebhookAtWork { seconds: 7 }, 409),
            (Refusal::NameDiffers, 409),
            (
                Refusal::LocksYouOut {
                    address,
                    country: None,
                },
                409,
            ),
            (Refusal::NoCountryDatabase, 409),
            (Refusal::ChannelIncomplete, 409),
            (Refusal::LinkUsed, 410),
            (Refusal::field("name", Problem::Required), 422),
            (Refusal::UnfitDatabase { why: Unfit::ALL[0] }, 422),
            (Refusal::KeyReused, 422),
            (Refusal::WrongPasskey, 422),
            (Refusal::TooManyAttempts { seconds: 7 }, 429),
            (Refusal::Busy { seconds: 7 }, 503),
            (Refusal::AskedJustNow { seconds: 7 }, 429),
        ];
        for (refusal, status) in table {
            assert_eq!(refusal.class().status(), status, "{refusal:?}");
            let passes = matches!(status, 429 | 503) || matches!(refusal, Refusal::WebhookAtWork { .. });
            assert_eq!(refusal.retry_after(), passes.then_some(7), "{refusal:?}");
        }
    }
}
