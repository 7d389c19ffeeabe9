//! What one commit stored: the deliveries of a batch, one after the other, each as it came.
//!
//! An entry is the delivery's id (16 bytes), the channel's (16), and then, each with its length before it (4 bytes, the
//! highest first), the fingerprint of the app secret that signed and the body.

use crate::{Error, Result, entity::delivery};
use bytes::{Buf as _, BufMut as _, Bytes};
use std::ops::Deref;
use uuid::Uuid;

/// A delivery on its way from the journal, and how often it was tried on its own.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) journal: Uuid,
    /// Milliseconds.
    pub(crate) received_at: i64,
    pub(crate) attempts: i64,
    pub(crate) entry: Entry,
}

impl Deref for Delivery {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

impl Delivery {
    /// Its row in the list of deliveries.
    pub(crate) fn row(&self, processed_at: Option<i64>) -> delivery::Model {
        delivery::Model {
            id: self.id,
            channel_id: self.channel,
            received_at: self.received_at,
            signed_by: self.signed_by.clone(),
            attempts: self.attempts,
            processed_at,
            journal_id: Some(self.journal),
        }
    }
}

/// A delivery in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: Uuid,
    pub(crate) channel: Uuid,
    pub(crate) signed_by: String,
    pub(crate) body: Bytes,
}

impl Entry {
    pub(crate) fn write(&self, journal: &mut Vec<u8>) {
        journal.put_slice(self.id.as_bytes());
        journal.put_slice(self.channel.as_bytes());
        for part in [self.signed_by.as_bytes(), &self.body] {
            // A body has a few megabytes at the most.
            journal.put_u32(u32::try_from(part.len()).unwrap_or(u32::MAX));
            journal.put_slice(part);
        }
    }
}

/// Reads a batch back.
///
/// # Errors
/// It is not what [`Entry::write`] wrote.
pub(crate) fn read(mut journal: Bytes) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    while journal.has_remaining() {
        entries.push(entry(&mut journal).ok_or_else(|| Error::Corrupt("a batch of the journal".to_owned()))?);
    }
    Ok(entries)
}

fn entry(journal: &mut Bytes) -> Option<Entry> {
    Some(Entry {
        id: uuid(journal)?,
        channel: uuid(journal)?,
        signed_by: String::from_utf8(part(journal)?.to_vec()).ok()?,
        body: part(journal)?,
    })
}

fn uuid(journal: &mut Bytes) -> Option<Uuid> {
    let mut id = [0; 16];
    journal.try_copy_to_slice(&mut id).ok()?;
    Some(Uuid::from_bytes(id))
}

fn part(journal: &mut Bytes) -> Option<Bytes> {
    let length = usize::try_from(journal.try_get_u32().ok()?).ok()?;
    (journal.remaining() >= length).then(|| journal.split_to(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(body: &'static [u8]) -> Entry {
        Entry {
            id: Uuid::from_u128(7),
            channel: Uuid::from_u128(8),
            signed_by: "ab12".to_owned(),
            body: Bytes::from_static(body),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let entries = [entry(b"{}"), entry(b""), entry(&[0, 255, b'\n'])];
        let mut journal = Vec::new();
        entries.iter().for_each(|entry| entry.write(&mut journal));
        assert_eq!(read(journal.into()).unwrap(), entries);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(0..40_u8, 0..200)) {
            if let Ok(entries) = read(Bytes::from(bytes.clone())) {
                let mut again = Vec::new();
                entries.iter().for_each(|entry| entry.write(&mut again));
                prop_assert_eq!(again, bytes);
            }
        }
    }

    #[test]
    fn a_batch_that_is_cut_off_is_an_error_at_every_place() {
        let mut journal = Vec::new();
        entry(b"{}").write(&mut journal);
        for end in 1..journal.len() {
            assert!(read(Bytes::copy_from_slice(&journal[..end])).is_err(), "{end}");
        }
    }
}
