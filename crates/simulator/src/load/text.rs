//! The requests: signed text messages from many customers, each with its own id.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::run::{now_seconds, run_number};
use super::target::Target;

/// A body and its signature header.
#[derive(Debug)]
pub struct Signed {
    pub number: u64,
    pub body: Vec<u8>,
    pub signature: String,
}

/// An endless sequence of messages; clones share it.
#[derive(Debug, Clone)]
pub struct Texts(Arc<Row>);

#[derive(Debug)]
struct Row {
    hmac: Hmac<Sha256>,
    phone_number_id: String,
    customers: u64,
    /// Distinguishes this run's messages from those of other runs.
    run: u64,
    next: AtomicU64,
}

impl Texts {
    pub fn new(target: &Target, customers: u64) -> Self {
        let hmac = Hmac::new_from_slice(target.secret.as_bytes()).expect("HMAC takes keys of any length");
        Self(Arc::new(Row {
            hmac,
            phone_number_id: target.phone_number_id.clone(),
            customers: customers.max(1),
            run: run_number(),
            next: AtomicU64::new(0),
        }))
    }

    pub fn next(&self) -> Signed {
        let row = &self.0;
        let number = row.next.fetch_add(1, Ordering::Relaxed);
        let customer = 420_600_000_000 + self.customer(number);
        let body = format!(
            concat!(
                r#"{{"object":"whatsapp_business_account","entry":[{{"id":"102290129340398","changes":[{{"value":"#,
                r#"{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"420777123456","#,
                r#""phone_number_id":"{phone}"}},"contacts":[{{"profile":{{"name":"Customer {customer}"}},"#,
                r#""wa_id":"{customer}"}}],"messages":[{{"from":"{customer}","id":"wamid.{run:x}.{number}","#,
                r#""timestamp":"{at}","text":{{"body":"Dobr\u00fd den, message {number}."}},"type":"text"}}]}},"#,
                r#""field":"messages"}}]}}]}}"#
            ),
            phone = row.phone_number_id,
            customer = customer,
            run = row.run,
            number = number,
            at = now_seconds(),
        )
        .into_bytes();
        let mut hmac = row.hmac.clone();
        hmac.update(&body);
        Signed {
            number,
            signature: format!("sha256={}", hex::encode(hmac.finalize().into_bytes())),
            body,
        }
    }

    /// Which of the customers writes this message.
    pub fn customer(&self, number: u64) -> u64 {
        number % self.0.customers
    }
}

/// The number of the message that a body has: a delivery of Meta, or an event that tells of it.
pub fn number(body: &[u8]) -> Option<u64> {
    let (_, rest) = std::str::from_utf8(body).ok()?.split_once(r#""wamid."#)?;
    let (wamid, _) = rest.split_once('"')?;
    let (_, number) = wamid.split_once('.')?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_and_events_name_their_message() {
        let delivery = br#"{"messages":[{"from":"420600000042","id":"wamid.1f2e.42","type":"text"}]}"#;
        assert_eq!(number(delivery), Some(42));
        let event = br#"{"data":{"message":{"id":"1","wamid":"wamid.1f2e.42","author":null}}}"#;
        assert_eq!(number(event), Some(42));
        assert_eq!(number(b"{}"), None);
    }
}
