//! The names of the metrics.

/// Webhook requests that were stored and acknowledged.
pub const DELIVERIES_ACCEPTED: &str = "switchboard_deliveries_accepted_total";
/// Webhook requests that were turned away, by `reason`.
pub const DELIVERIES_REFUSED: &str = "switchboard_deliveries_refused_total";
/// Handshakes of webhook addresses that were turned away, by `reason`.
pub const HANDSHAKES_REFUSED: &str = "switchboard_handshakes_refused_total";
/// Items of deliveries, by `outcome`.
pub const ITEMS: &str = "switchboard_delivery_items_total";
/// Calls that send a message, by `outcome`.
pub const SENDS: &str = "switchboard_sends_total";
/// Transactions that record outcomes of calls and claim messages for the next.
pub const OUTBOX_COMMITS: &str = "switchboard_outbox_commits_total";
/// Calls that tell WhatsApp what was read or that somebody types, by `outcome`.
pub const RECEIPTS: &str = "switchboard_read_receipts_total";
/// Alerts for browsers whose console is closed, by `outcome`.
pub const PUSHES: &str = "switchboard_pushes_total";
/// Requests to webhooks, by `outcome`.
pub const WEBHOOK_CALLS: &str = "switchboard_webhook_calls_total";
/// Log-ins with a wrong name or password.
pub const LOGINS_REFUSED: &str = "switchboard_logins_refused_total";
/// Requests from countries that are not allowed, by `door`.
pub const REFUSED_BY_COUNTRY: &str = "switchboard_refused_by_country_total";
/// 1 while countries are chosen but there is no country database to check addresses against: everybody is let in.
pub const COUNTRIES_BLIND: &str = "switchboard_countries_blind";
/// Deliveries that are stored but not applied yet.
pub const DELIVERIES_WAITING: &str = "switchboard_deliveries_waiting";
/// Messages that still have to reach Meta.
pub const OUTBOX_WAITING: &str = "switchboard_outbox_waiting";
/// Items that could not be applied because of a fault.
pub const DEAD_LETTERS: &str = "switchboard_dead_letters";
/// Events that wait for webhooks.
pub const WEBHOOK_CALLS_WAITING: &str = "switchboard_webhook_calls_waiting";
/// Webhooks that were switched off because nothing got through.
pub const WEBHOOKS_OFF: &str = "switchboard_webhooks_off";
/// Sessions that are not closed.
pub const SESSIONS_OPEN: &str = "switchboard_sessions_open";
