//! The table of the REST API. The path, the scope and the answers of an operation stand beside its handler.

use super::{
    audit, canned_replies, channel_change, channel_costs, channel_health, channels, contact_details,
    contacts, cost_settings, costs, deliveries, events, extensions, labels, merged_contacts, messages, notes,
    queues, search, session_log, sessions, templates, webhooks,
};
use crate::http::{conversation, media, state::Http, uploads};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

/// Describes the operations at one path. Descriptions are large, so each is made when it is needed, and not kept.
pub type Described = fn() -> UtoipaMethodRouter<Http>;

pub fn routes() -> Vec<Described> {
    vec![
        || routes!(channels::list, channels::create),
        || routes!(channels::get, channel_change::change, channel_change::delete),
        || routes!(channel_change::pause),
        || routes!(channel_change::resume),
        || routes!(channel_costs::month),
        || routes!(channel_health::latest, channel_health::examine),
        || routes!(templates::list),
        || routes!(costs::month),
        || {
            routes!(
                cost_settings::rates,
                cost_settings::replace_rates,
                cost_settings::embedded_rates
            )
        },
        || routes!(cost_settings::budget, cost_settings::set_budget),
        || routes!(extensions::list, extensions::create),
        || routes!(extensions::get, extensions::replace),
        || routes!(extensions::disable),
        || routes!(extensions::enable),
        || routes!(extensions::set_availability),
        || routes!(queues::list, queues::create),
        || routes!(queues::get, queues::replace),
        || routes!(queues::disable),
        || routes!(queues::enable),
        || routes!(canned_replies::list, canned_replies::create),
        || {
            routes!(
                canned_replies::get,
                canned_replies::replace,
                canned_replies::delete
            )
        },
        || routes!(labels::list, labels::create),
        || routes!(labels::get, labels::replace, labels::delete),
        || routes!(labels::put_on, labels::take_off),
        || routes!(sessions::list),
        || routes!(sessions::get),
        || routes!(session_log::list),
        || routes!(search::search),
        || routes!(sessions::pick_up),
        || routes!(sessions::close),
        || routes!(sessions::reopen),
        || routes!(sessions::mark_read),
        || routes!(sessions::typing),
        || routes!(sessions::mark_unread),
        || routes!(sessions::snooze, sessions::wake),
        || routes!(notes::list, sessions::note),
        || routes!(sessions::contact_note, sessions::set_contact_note),
        || routes!(sessions::set_contact_name),
        || routes!(sessions::contact_block, sessions::block, sessions::unblock),
        || routes!(merged_contacts::list),
        || routes!(merged_contacts::merge, merged_contacts::separate),
        || routes!(contacts::list),
        || routes!(contacts::get, contacts::erase),
        || routes!(contact_details::set_name),
        || routes!(contact_details::note, contact_details::set_note),
        || routes!(contact_details::merged_with),
        || routes!(contact_details::merge_with, contact_details::separate_from),
        || routes!(conversation::contact::of_token),
        || routes!(sessions::timeline),
        || routes!(conversation::of_token),
        || routes!(sessions::transfer),
        || routes!(sessions::transfer_all),
        || routes!(sessions::close_all),
        || routes!(messages::list, messages::send),
        || routes!(media::of_token),
        || routes!(audit::list),
        || routes!(events::follow),
        || routes!(deliveries::list),
        || routes!(deliveries::replay_all),
        || routes!(deliveries::get, deliveries::delete),
        || routes!(deliveries::replay),
        || routes!(webhooks::list, webhooks::create),
        || routes!(webhooks::get, webhooks::change, webhooks::delete),
        || routes!(webhooks::upkeep::rotate),
        || routes!(webhooks::upkeep::test),
        || routes!(webhooks::upkeep::enable),
        || routes!(webhooks::upkeep::disable),
        || routes!(webhooks::calls::calls),
        || routes!(webhooks::calls::attempts),
        || routes!(webhooks::calls::attempts_of_call),
        || routes!(webhooks::calls::replay),
        || routes!(webhooks::calls::replay_all),
    ]
}

/// Their handlers authenticate the sender before they read the body.
pub fn uploads() -> Vec<Described> {
    vec![|| routes!(uploads::create, uploads::options), || {
        routes!(
            uploads::describe,
            uploads::progress,
            uploads::append,
            uploads::discard
        )
    }]
}
