//! The database schema, one file for each step. Ids are UUIDs, times are milliseconds since 1970 (UTC) as 64-bit
//! integers, states are words: the same on SQLite and on PostgreSQL.
//!
//! All pending steps run in one transaction (`engine::database`), so a step does nothing that either database refuses
//! inside a transaction: no `VACUUM`, no `PRAGMA`, no `CREATE INDEX CONCURRENTLY`.

use sea_orm_migration::MigrationTrait;
pub use sea_orm_migration::MigratorTrait;

mod columns;
mod m0001_people;
mod m0002_queues;
mod m0003_channels;
mod m0004_journal;
mod m0005_sessions;
mod m0006_outbox;
mod m0007_audit;
mod m0008_channel_health;
mod m0009_country_rules;
mod m0010_inbound;
mod m0011_journal_count;
mod m0012_lookups;
mod m0013_waiting;
mod m0014_contact_words;
mod m0015_early;
mod m0016_transfers;
mod m0017_channel_traffic;
mod m0018_master_key;
mod m0019_read_position;
mod m0020_operators;
mod m0021_events;
mod m0022_claims;
mod m0023_service_window;
mod m0024_lanes;
mod m0025_files;
mod m0026_costs;
mod m0027_sending;
mod m0029_message_files;
mod m0030_file_attempts;
mod m0031_payment;
mod m0032_read_receipts;
mod m0033_templates;
mod m0034_failure_trace;
mod m0035_unread;
mod m0036_search;
mod m0037_canned_replies;
mod m0038_labels;
mod m0039_presence;
mod m0040_contact_notes;
mod m0041_drafts;
mod m0042_mentions;
mod m0043_push;
mod m0044_contact_names;
mod m0045_contact_blocks;
mod m0046_reminders;
mod m0047_canned_files;
mod m0048_merged_contacts;
mod m0049_login_places;
mod m0050_password_links;
mod m0051_token_use;
mod m0052_audit_chain;
mod m0053_key_rotation;
mod m0054_second_factors;
mod m0055_erasure;
mod m0056_single_sign_on;
mod m0057_passkeys;
mod m0058_stray_statuses;
mod m0059_idempotency_keys;
mod m0060_webhooks;
mod m0061_lists;
mod m0062_bound_tokens;
mod m0063_messages_of_tokens;
mod m0064_keys_of_messages;
mod m0065_webhook_replays;

/// All steps, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Step),
            Box::new(m0002_queues::Step),
            Box::new(m0003_channels::Step),
            Box::new(m0004_journal::Step),
            Box::new(m0005_sessions::Step),
            Box::new(m0006_outbox::Step),
            Box::new(m0007_audit::Step),
            Box::new(m0008_channel_health::Step),
            Box::new(m0009_country_rules::Step),
            Box::new(m0010_inbound::Step),
            Box::new(m0011_journal_count::Step),
            Box::new(m0012_lookups::Step),
            Box::new(m0013_waiting::Step),
            Box::new(m0014_contact_words::Step),
            Box::new(m0015_early::Step),
            Box::new(m0016_transfers::Step),
            Box::new(m0017_channel_traffic::Step),
            Box::new(m0018_master_key::Step),
            Box::new(m0019_read_position::Step),
            Box::new(m0020_operators::Step),
            Box::new(m0021_events::Step),
            Box::new(m0022_claims::Step),
            Box::new(m0023_service_window::Step),
            Box::new(m0024_lanes::Step),
            Box::new(m0025_files::Step),
            Box::new(m0026_costs::Step),
            Box::new(m0027_sending::Step),
            Box::new(m0029_message_files::Step),
            Box::new(m0030_file_attempts::Step),
            Box::new(m0031_payment::Step),
            Box::new(m0032_read_receipts::Step),
            Box::new(m0033_templates::Step),
            Box::new(m0034_failure_trace::Step),
            Box::new(m0035_unread::Step),
            Box::new(m0036_search::Step),
            Box::new(m0037_canned_replies::Step),
            Box::new(m0038_labels::Step),
            Box::new(m0039_presence::Step),
            Box::new(m0040_contact_notes::Step),
            Box::new(m0041_drafts::Step),
            Box::new(m0042_mentions::Step),
            Box::new(m0043_push::Step),
            Box::new(m0044_contact_names::Step),
            Box::new(m0045_contact_blocks::Step),
            Box::new(m0046_reminders::Step),
            Box::new(m0047_canned_files::Step),
            Box::new(m0048_merged_contacts::Step),
            Box::new(m0049_login_places::Step),
            Box::new(m0050_password_links::Step),
            Box::new(m0051_token_use::Step),
            Box::new(m0052_audit_chain::Step),
            Box::new(m0053_key_rotation::Step),
            Box::new(m0054_second_factors::Step),
            Box::new(m0055_erasure::Step),
            Box::new(m0056_single_sign_on::Step),
            Box::new(m0057_passkeys::Step),
            Box::new(m0058_stray_statuses::Step),
            Box::new(m0059_idempotency_keys::Step),
            Box::new(m0060_webhooks::Step),
            Box::new(m0061_lists::Step),
            Box::new(m0062_bound_tokens::Step),
            Box::new(m0063_messages_of_tokens::Step),
            Box::new(m0064_keys_of_messages::Step),
            Box::new(m0065_webhook_replays::Step),
        ]
    }
}
