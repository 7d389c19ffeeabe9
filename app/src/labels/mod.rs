//! The names of the domain's values in the reader's language. Plain functions of the language: reactive when called in
//! a closure, testable when called outside of one.

pub mod audit;
#[cfg(feature = "ssr")]
pub mod conversation;
pub mod costs;
pub mod countries;
#[cfg(feature = "ssr")]
pub mod help;
mod problems;
mod sign_on;
pub mod templates;
pub mod webhooks;

pub use countries::country_refused;
pub use problems::{field_problem, problem};
pub use sign_on::sign_on_problem;

use crate::{api::ApiError, i18n::*};
use domain::{
    access::{Bound, BoundRef, Role, Scope},
    channel::Badge,
    dead_letter::{DeadReason, Replayed, Within},
    pick_up_mode::PickUp,
    presence::{Availability, Presence},
    refusal::Refusal,
};

/// Why a request was refused, in one sentence.
pub fn refusal(locale: Locale, refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotFound => td_string!(locale, common.refusal.not_found).to_owned(),
        Refusal::Forbidden => td_string!(locale, common.refusal.forbidden).to_owned(),
        Refusal::Reauthenticate => td_string!(locale, common.refusal.reauthenticate).to_owned(),
        Refusal::WrongLogin => td_string!(locale, common.refusal.wrong_login).to_owned(),
        Refusal::TooManyAttempts { seconds } => {
            td_string!(locale, common.refusal.too_many_attempts, seconds = *seconds)
        }
        Refusal::AskedJustNow { seconds } => {
            td_string!(locale, common.refusal.asked_just_now, seconds = *seconds)
        }
        Refusal::Busy { seconds } => td_string!(locale, common.refusal.busy, seconds = *seconds),
        Refusal::LinkUsed => td_string!(locale, common.refusal.link_used).to_owned(),
        Refusal::Invalid { .. } => td_string!(locale, common.refusal.invalid).to_owned(),
        Refusal::ChangedMeanwhile => td_string!(locale, common.refusal.changed_meanwhile).to_owned(),
        Refusal::Taken { by } => td_string!(locale, common.refusal.taken, name = by.clone()),
        Refusal::PickUpFirst => td_string!(locale, common.refusal.pick_up_first).to_owned(),
        Refusal::NotYours { owner } => td_string!(locale, common.refusal.not_yours, name = owner.clone()),
        Refusal::InGroup => td_string!(locale, common.refusal.in_group).to_owned(),
        Refusal::WindowClosed => td_string!(locale, common.refusal.window_closed).to_owned(),
        Refusal::CustomerBlocked => td_string!(locale, common.refusal.customer_blocked).to_owned(),
        Refusal::NoNumber => td_string!(locale, common.refusal.no_number).to_owned(),
        Refusal::MetaRefused { code: 131_047, .. } => {
            td_string!(locale, common.refusal.not_written_lately).to_owned()
        }
        Refusal::MetaRefused { code: 139_101, .. } => {
            td_string!(locale, common.refusal.block_list_full).to_owned()
        }
        Refusal::MetaRefused { code, why } => {
            td_string!(
                locale,
                common.refusal.meta_refused,
                code = *code,
                why = why.clone()
            )
        }
        Refusal::MetaSilent => td_string!(locale, common.refusal.meta_silent).to_owned(),
        Refusal::FileTooLarge { most } => {
            let most = match most / 1_000_000 {
                0 => format!("{} kB", most / 1000),
                megabytes => format!("{megabytes} MB"),
            };
            td_string!(locale, common.refusal.file_too_large, most = most)
        }
        Refusal::NoSpace => td_string!(locale, common.refusal.no_space).to_owned(),
        Refusal::WrongOffset { .. } => td_string!(locale, common.refusal.wrong_offset).to_owned(),
        Refusal::FileGone => td_string!(locale, common.refusal.file_gone).to_owned(),
        Refusal::BudgetSpent { budget } => {
            td_string!(locale, common.refusal.budget_spent, budget = budget.clone())
        }
        Refusal::TemplatesOff => td_string!(locale, common.refusal.templates_off).to_owned(),
        Refusal::TemplateNotApproved { status } => {
            let status = templates::status(locale, status);
            td_string!(locale, common.refusal.template_not_approved, status = status)
        }
        Refusal::SessionClosed => td_string!(locale, common.refusal.session_closed).to_owned(),
        Refusal::NoExtension => td_string!(locale, common.refusal.no_extension).to_owned(),
        Refusal::Disabled => td_string!(locale, common.refusal.disabled).to_owned(),
        Refusal::NoPickUp => td_string!(locale, common.refusal.no_pick_up).to_owned(),
        Refusal::LastAdmin => td_string!(locale, common.refusal.last_admin).to_owned(),
        Refusal::HasExtension => td_string!(locale, common.refusal.has_extension).to_owned(),
        Refusal::SingleSignOn { why } => sign_on_problem(locale, *why).to_owned(),
        Refusal::UseSingleSignOn => td_string!(locale, common.refusal.use_single_sign_on).to_owned(),
        Refusal::WrongPasskey => td_string!(locale, common.problem.wrong_passkey).to_owned(),
        Refusal::NoPasskeys => td_string!(locale, common.refusal.no_passkeys).to_owned(),
        Refusal::OwnSecondFactor => td_string!(locale, common.problem.own_factor).to_owned(),
        Refusal::OwnPassword => td_string!(locale, common.problem.own_password).to_owned(),
        Refusal::KeyReused => td_string!(locale, common.refusal.key_reused).to_owned(),
        Refusal::Moved { to } => td_string!(locale, common.refusal.moved, name = to.clone()),
        Refusal::NotFailed => td_string!(locale, common.refusal.not_failed).to_owned(),
        Refusal::WebhookAtWork { .. } => td_string!(locale, common.refusal.webhook_at_work).to_owned(),
        Refusal::NothingToReplay => td_string!(locale, common.refusal.nothing_to_replay).to_owned(),
        Refusal::ChannelIncomplete => td_string!(locale, common.refusal.channel_incomplete).to_owned(),
        Refusal::NameDiffers => td_string!(locale, common.refusal.name_differs).to_owned(),
        Refusal::BadCursor => td_string!(locale, common.refusal.bad_cursor).to_owned(),
        Refusal::CountryNotAllowed { address } => {
            td_string!(locale, common.refusal.country_not_allowed, address = *address)
        }
        Refusal::LocksYouOut { address, country } => td_string!(
            locale,
            common.refusal.locks_you_out,
            address = *address,
            place = countries::place(locale, *country)
        ),
        Refusal::NoCountryDatabase => td_string!(locale, common.refusal.no_country_database).to_owned(),
        Refusal::UnfitDatabase { why } => countries::unfit(locale, *why).to_owned(),
    }
}

/// Title, text and advice for a page that is refused because of too many requests.
pub fn too_busy(locale: Locale) -> [String; 3] {
    [
        td_string!(locale, common.too_busy.title),
        td_string!(locale, common.too_busy.text),
        td_string!(locale, common.too_busy.what_to_do),
    ]
    .map(str::to_owned)
}

/// A name as two letters.
pub fn initials(name: &str) -> String {
    let words = name.split_whitespace();
    words.filter_map(|word| word.chars().next()).take(2).collect()
}

/// What happened, and what it means and asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub title: String,
    pub text: String,
}

/// An error as a page shows it.
pub fn trouble(locale: Locale, error: &ApiError) -> Trouble {
    let (title, text) = match error {
        ApiError::Refused(Refusal::NotFound) => (
            td_string!(locale, common.trouble.not_found),
            td_string!(locale, common.trouble.not_found_text).to_owned(),
        ),
        ApiError::Refused(Refusal::Forbidden) => (
            td_string!(locale, common.trouble.forbidden),
            td_string!(locale, common.trouble.forbidden_text).to_owned(),
        ),
        ApiError::Refused(other) => (td_string!(locale, common.trouble.refused), refusal(locale, other)),
        ApiError::SignIn => (
            td_string!(locale, common.trouble.sign_in),
            td_string!(locale, common.trouble.sign_in_text).to_owned(),
        ),
        ApiError::Internal { reference } => (
            td_string!(locale, common.trouble.internal),
            td_string!(
                locale,
                common.trouble.internal_text,
                reference = reference.clone()
            ),
        ),
        ApiError::Transport(_) => (
            td_string!(locale, common.trouble.transport),
            td_string!(locale, common.trouble.transport_text).to_owned(),
        ),
        ApiError::Malformed => (
            td_string!(locale, common.trouble.malformed),
            td_string!(locale, common.trouble.malformed_text).to_owned(),
        ),
    };
    Trouble {
        title: title.to_owned(),
        text,
    }
}

/// An error in one sentence, as a toast or a form shows it.
pub fn sentence(locale: Locale, error: &ApiError) -> String {
    match error {
        ApiError::Refused(reason) => refusal(locale, reason),
        other => {
            let Trouble { title, text } = trouble(locale, other);
            format!("{title}. {text}")
        }
    }
}

/// The state of a channel.
pub fn badge(locale: Locale, badge: Badge) -> &'static str {
    match badge {
        Badge::Draft => td_string!(locale, common.badge.draft),
        Badge::WaitingForMeta => td_string!(locale, common.badge.waiting_for_meta),
        Badge::Active => td_string!(locale, common.badge.active),
        Badge::NotReceiving => td_string!(locale, common.badge.not_receiving),
        Badge::Degraded => td_string!(locale, common.badge.degraded),
        Badge::TokenRefused => td_string!(locale, common.badge.token_refused),
        Badge::Paused => td_string!(locale, common.badge.paused),
    }
}

pub fn role(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Admin => td_string!(locale, common.role.admin),
        Role::Supervisor => td_string!(locale, common.role.supervisor),
        Role::Operator => td_string!(locale, common.role.operator),
    }
}

/// What an API token reaches.
pub fn bound(locale: Locale, to: &BoundRef) -> String {
    let name = match to.deleted {
        true => td_string!(locale, system.tokens.bound_deleted, name = to.name.clone()),
        false => to.name.clone(),
    };
    match to.bound {
        Bound::Channel(_) => td_string!(locale, system.tokens.bound_channel, name = name),
        Bound::Queue(_) => td_string!(locale, system.tokens.bound_queue, name = name),
    }
}

/// What an API token may do.
pub fn scope(locale: Locale, scope: Scope) -> &'static str {
    match scope {
        Scope::Read => td_string!(locale, system.tokens.scopes.read),
        Scope::Operate => td_string!(locale, system.tokens.scopes.operate),
        Scope::Administer => td_string!(locale, system.tokens.scopes.administer),
    }
}

/// What a role may do, in one sentence.
pub fn role_text(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Admin => td_string!(locale, directory.extensions.admin_text),
        Role::Supervisor => td_string!(locale, directory.extensions.supervisor_text),
        Role::Operator => td_string!(locale, directory.extensions.operator_text),
    }
}

pub fn availability(locale: Locale, availability: Availability) -> &'static str {
    match availability {
        Availability::Online => td_string!(locale, common.presence.online_choice),
        Availability::Busy => td_string!(locale, common.presence.busy_choice),
        Availability::Away => td_string!(locale, common.presence.away_choice),
    }
}

/// How colleagues see an operator.
pub fn presence(locale: Locale, presence: Presence) -> &'static str {
    match presence {
        Presence::Online => td_string!(locale, common.presence.online),
        Presence::Busy => td_string!(locale, common.presence.busy),
        Presence::Away => td_string!(locale, common.presence.away),
        Presence::Offline => td_string!(locale, common.presence.offline),
    }
}

pub fn pick_up(locale: Locale, mode: PickUp) -> &'static str {
    match mode {
        PickUp::Manual => td_string!(locale, common.pick_up.manual),
        PickUp::Auto => td_string!(locale, common.pick_up.auto),
        PickUp::None => td_string!(locale, common.pick_up.none),
    }
}

/// What a pick-up mode does, in one sentence.
pub fn pick_up_text(locale: Locale, mode: PickUp) -> &'static str {
    match mode {
        PickUp::Manual => td_string!(locale, directory.queues.manual_text),
        PickUp::Auto => td_string!(locale, directory.queues.auto_text),
        PickUp::None => td_string!(locale, directory.queues.none_text),
    }
}

/// How far back a filter reaches.
pub fn within(locale: Locale, within: Within) -> &'static str {
    match within {
        Within::Hour => td_string!(locale, system.deliveries.hour),
        Within::Day => td_string!(locale, system.deliveries.day),
        Within::Week => td_string!(locale, system.deliveries.week),
    }
}

/// The outcome of applying dead letters again.
pub fn replayed(locale: Locale, replayed: &Replayed) -> String {
    let applied = td_string!(locale, system.deliveries.applied, count = replayed.applied).to_string();
    let mut sentences = vec![applied];
    for (reason, count) in &replayed.kept {
        let reason = dead_reason(locale, *reason).0;
        sentences
            .push(td_string!(locale, system.deliveries.still, count = *count, reason = reason).to_string());
    }
    if replayed.lost > 0 {
        sentences.push(td_string!(locale, system.deliveries.lost, count = replayed.lost).to_string());
    }
    sentences.join(" ")
}

/// Why an item was not applied, and what to do about it.
pub fn dead_reason(locale: Locale, reason: DeadReason) -> (&'static str, &'static str) {
    match reason {
        DeadReason::UnreadableBody => (
            td_string!(locale, system.deliveries.unreadable_body),
            td_string!(locale, system.deliveries.unreadable_body_do),
        ),
        DeadReason::UnreadableItem => (
            td_string!(locale, system.deliveries.unreadable_item),
            td_string!(locale, system.deliveries.unreadable_item_do),
        ),
        DeadReason::UnknownNumber => (
            td_string!(locale, system.deliveries.unknown_number),
            td_string!(locale, system.deliveries.unknown_number_do),
        ),
        DeadReason::ForeignSecret => (
            td_string!(locale, system.deliveries.foreign_secret),
            td_string!(locale, system.deliveries.foreign_secret_do),
        ),
        DeadReason::Failed => (
            td_string!(locale, system.deliveries.failed),
            td_string!(locale, system.deliveries.failed_do),
        ),
        DeadReason::NoMessage => (
            td_string!(locale, system.deliveries.no_message),
            td_string!(locale, system.deliveries.no_message_do),
        ),
        DeadReason::NotUsed => (
            td_string!(locale, system.deliveries.not_used),
            td_string!(locale, system.deliveries.not_used_do),
        ),
    }
}

/// A number as people read it: Czech and Slovak numbers in groups of three, others unchanged.
pub fn phone(number: &str) -> String {
    match number
        .strip_prefix("+42")
        .filter(|rest| rest.len() == 10 && rest.is_ascii())
    {
        Some(rest) => format!("+42{} {} {} {}", &rest[..1], &rest[1..4], &rest[4..7], &rest[7..]),
        None => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_threes() {
        assert_eq!(phone("+420777123456"), "+420 777 123 456");
        assert_eq!(phone("+15551234567"), "+15551234567");
        assert_eq!(phone("+42077712345"), "+42077712345");
    }

    #[test]
    fn a_throttled_person_is_told_how_long() {
        let waits = Refusal::TooManyAttempts { seconds: 42 };
        assert!(refusal(Locale::en, &waits).contains("42"));
        assert!(refusal(Locale::cs, &waits).contains("za 42 s"));
    }
}
