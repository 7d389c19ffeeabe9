//! The words of the audit log.

use crate::i18n::*;
use domain::access::{AuditAbout, AuditOutcome};

pub fn outcome(locale: Locale, outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Done => td_string!(locale, audit.done),
        AuditOutcome::Refused => td_string!(locale, audit.refused),
    }
}

pub fn about(locale: Locale, about: AuditAbout) -> &'static str {
    match about {
        AuditAbout::LogIns => td_string!(locale, audit.kind.log_ins),
        AuditAbout::User => td_string!(locale, audit.kind.user),
        AuditAbout::Token => td_string!(locale, audit.kind.token),
        AuditAbout::Extension => td_string!(locale, audit.kind.extension),
        AuditAbout::Queue => td_string!(locale, audit.kind.queue),
        AuditAbout::Channel => td_string!(locale, audit.kind.channel),
        AuditAbout::Contact => td_string!(locale, audit.kind.contact),
        AuditAbout::CannedReply => td_string!(locale, audit.kind.canned_reply),
        AuditAbout::Label => td_string!(locale, audit.kind.label),
        AuditAbout::DeadLetter => td_string!(locale, audit.kind.delivery),
        AuditAbout::Countries => td_string!(locale, audit.kind.countries),
        AuditAbout::Costs => td_string!(locale, audit.kind.costs),
        AuditAbout::MasterKey => td_string!(locale, audit.kind.master_key),
        AuditAbout::Console => td_string!(locale, audit.kind.console),
        AuditAbout::Api => td_string!(locale, audit.kind.api),
    }
}

/// What was done or tried. Actions of other versions keep the name under which they are stored.
pub fn action(locale: Locale, action: &str) -> &str {
    match action {
        "person.log_in" => td_string!(locale, audit.did.person_log_in),
        "person.log_out" => td_string!(locale, audit.did.person_log_out),
        "person.log_out_browser" => td_string!(locale, audit.did.person_log_out_browser),
        "person.log_out_everywhere" => td_string!(locale, audit.did.person_log_out_everywhere),
        "person.end_logins" => td_string!(locale, audit.did.person_end_logins),
        "person.add" => td_string!(locale, audit.did.person_add),
        "person.change" => td_string!(locale, audit.did.person_change),
        "person.disable" => td_string!(locale, audit.did.person_disable),
        "person.enable" => td_string!(locale, audit.did.person_enable),
        "person.set_password" => td_string!(locale, audit.did.person_set_password),
        "person.change_password" => td_string!(locale, audit.did.person_change_password),
        "person.second_factor" => td_string!(locale, audit.did.person_second_factor),
        "person.second_factor_on" => td_string!(locale, audit.did.person_second_factor_on),
        "person.second_factor_off" => td_string!(locale, audit.did.person_second_factor_off),
        "person.second_factor_removed" => td_string!(locale, audit.did.person_second_factor_removed),
        "person.recovery_code" => td_string!(locale, audit.did.person_recovery_code),
        "person.password_link" => td_string!(locale, audit.did.person_password_link),
        "token.create" => td_string!(locale, audit.did.token_create),
        "token.revoke" => td_string!(locale, audit.did.token_revoke),
        "token.new_address" => td_string!(locale, audit.did.token_new_address),
        "token.use" => td_string!(locale, audit.did.token_use),
        "request" => td_string!(locale, audit.did.request),
        "extension.create" => td_string!(locale, audit.did.extension_create),
        "extension.change" => td_string!(locale, audit.did.extension_change),
        "extension.disable" => td_string!(locale, audit.did.extension_disable),
        "extension.enable" => td_string!(locale, audit.did.extension_enable),
        "queue.create" => td_string!(locale, audit.did.queue_create),
        "queue.change" => td_string!(locale, audit.did.queue_change),
        "queue.disable" => td_string!(locale, audit.did.queue_disable),
        "queue.enable" => td_string!(locale, audit.did.queue_enable),
        "channel.add" => td_string!(locale, audit.did.channel_add),
        "channel.authentication" => td_string!(locale, audit.did.channel_authentication),
        "channel.messaging" => td_string!(locale, audit.did.channel_messaging),
        "channel.sending" => td_string!(locale, audit.did.channel_sending),
        "channel.rotate_verify_token" => td_string!(locale, audit.did.channel_rotate_verify_token),
        "channel.drop_old_app_secret" => td_string!(locale, audit.did.channel_drop_old_app_secret),
        "channel.pause" => td_string!(locale, audit.did.channel_pause),
        "channel.resume" => td_string!(locale, audit.did.channel_resume),
        "channel.delete" => td_string!(locale, audit.did.channel_delete),
        "channel.badge" => td_string!(locale, audit.did.channel_badge),
        "channel.test_arrived" => td_string!(locale, audit.did.channel_test_arrived),
        "channel.meta.subscribe_waba" => td_string!(locale, audit.did.channel_meta_subscribe_waba),
        "channel.meta.set_callback" => td_string!(locale, audit.did.channel_meta_set_callback),
        "channel.meta.register" => td_string!(locale, audit.did.channel_meta_register),
        "channel.meta.fetch_numbers" => td_string!(locale, audit.did.channel_meta_fetch_numbers),
        "contact.note" => td_string!(locale, audit.did.contact_note),
        "contact.name" => td_string!(locale, audit.did.contact_name),
        "contact.block" => td_string!(locale, audit.did.contact_block),
        "contact.unblock" => td_string!(locale, audit.did.contact_unblock),
        "contact.merge" => td_string!(locale, audit.did.contact_merge),
        "contact.separate" => td_string!(locale, audit.did.contact_separate),
        "canned_reply.create" => td_string!(locale, audit.did.canned_reply_create),
        "canned_reply.change" => td_string!(locale, audit.did.canned_reply_change),
        "canned_reply.delete" => td_string!(locale, audit.did.canned_reply_delete),
        "label.create" => td_string!(locale, audit.did.label_create),
        "label.change" => td_string!(locale, audit.did.label_change),
        "label.delete" => td_string!(locale, audit.did.label_delete),
        "replayed" => td_string!(locale, audit.did.replayed),
        "deleted" => td_string!(locale, audit.did.deleted),
        "countries.save" => td_string!(locale, audit.did.countries_save),
        "countries.off" => td_string!(locale, audit.did.countries_off),
        "countries.database" => td_string!(locale, audit.did.countries_database),
        "costs.save_rates" => td_string!(locale, audit.did.costs_save_rates),
        "costs.save_budget" => td_string!(locale, audit.did.costs_save_budget),
        "master_key.replace" => td_string!(locale, audit.did.master_key_replace),
        "master_key.rotate" => td_string!(locale, audit.did.master_key_rotate),
        other => other,
    }
}
