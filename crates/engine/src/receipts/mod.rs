//! Tells WhatsApp what the company has read (the customer's blue ticks) and that somebody types. Both are one call, which
//! names a customer's message and marks it and all before it as read:
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators>
//!
//! What waits is in memory: a call that is lost harms nobody. Meta's limits count messages, so these calls take no turn
//! among them.

pub(crate) mod waiting;
pub(crate) mod worker;
