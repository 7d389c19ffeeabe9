//! The words about webhooks.

use crate::i18n::*;
use domain::webhook::{Attempt, NoAnswer, Replayed, WhyOff};

/// What happened. A type of another version keeps its name.
pub fn event_type(locale: Locale, kind: &str) -> &str {
    match kind {
        "session.opened" => td_string!(locale, system.webhooks.event.session_opened),
        "session.routed" => td_string!(locale, system.webhooks.event.session_routed),
        "session.picked_up" => td_string!(locale, system.webhooks.event.session_picked_up),
        "session.transferred" => td_string!(locale, system.webhooks.event.session_transferred),
        "session.closed" => td_string!(locale, system.webhooks.event.session_closed),
        "session.reopened" => td_string!(locale, system.webhooks.event.session_reopened),
        "session.joined" => td_string!(locale, system.webhooks.event.session_joined),
        "session.snoozed" => td_string!(locale, system.webhooks.event.session_snoozed),
        "session.woken" => td_string!(locale, system.webhooks.event.session_woken),
        "session.labelled" => td_string!(locale, system.webhooks.event.session_labelled),
        "note.written" => td_string!(locale, system.webhooks.event.note_written),
        "message.received" => td_string!(locale, system.webhooks.event.message_received),
        "message.sent" => td_string!(locale, system.webhooks.event.message_sent),
        "message.status_changed" => td_string!(locale, system.webhooks.event.message_status_changed),
        "message.failed" => td_string!(locale, system.webhooks.event.message_failed),
        "contact.changed" => td_string!(locale, system.webhooks.event.contact_changed),
        "contact.deleted" => td_string!(locale, system.webhooks.event.contact_deleted),
        "contact.blocked" => td_string!(locale, system.webhooks.event.contact_blocked),
        "contact.unblocked" => td_string!(locale, system.webhooks.event.contact_unblocked),
        "channel.changed" => td_string!(locale, system.webhooks.event.channel_changed),
        "channel.deleted" => td_string!(locale, system.webhooks.event.channel_deleted),
        "template.changed" => td_string!(locale, system.webhooks.event.template_changed),
        "extension.availability_changed" => {
            td_string!(locale, system.webhooks.event.extension_availability_changed)
        }
        "webhook.switched_off" => td_string!(locale, system.webhooks.event.webhook_switched_off),
        "webhook.test" => td_string!(locale, system.webhooks.event.webhook_test),
        other => other,
    }
}

/// Why a webhook gets no events, in one sentence.
pub fn why_off(locale: Locale, why: WhyOff) -> &'static str {
    match why {
        WhyOff::Administrator => td_string!(locale, system.webhooks.off_by_administrator),
        WhyOff::Gone => td_string!(locale, system.webhooks.off_gone),
        WhyOff::Failing => td_string!(locale, system.webhooks.off_failing),
    }
}

/// What a webhook answered, or why it did not.
pub fn answer(locale: Locale, attempt: &Attempt) -> String {
    match (attempt.status, attempt.failure) {
        (Some(status), _) => td_string!(locale, system.webhooks.answered, status = status).to_string(),
        (None, Some(failure)) => no_answer(locale, failure).to_owned(),
        (None, None) => td_string!(locale, system.webhooks.no_answer).to_owned(),
    }
}

fn no_answer(locale: Locale, failure: NoAnswer) -> &'static str {
    match failure {
        NoAnswer::AddressNotAllowed => td_string!(locale, system.webhooks.not_allowed),
        NoAnswer::Unreachable => td_string!(locale, system.webhooks.unreachable),
        NoAnswer::TimedOut => td_string!(locale, system.webhooks.timed_out),
        NoAnswer::BrokenOff => td_string!(locale, system.webhooks.broken_off),
        NoAnswer::Unreadable => td_string!(locale, system.webhooks.unreadable),
    }
}

/// How much is sent again.
pub fn replayed(locale: Locale, replayed: Replayed) -> String {
    let Replayed { events, is_all } = replayed;
    match is_all {
        true => td_string!(locale, system.webhooks.replayed, count = events).to_string(),
        false => td_string!(locale, system.webhooks.replayed_so_far, count = events).to_string(),
    }
}
