//! What one commit stored: the deliveries of a row, one after the other, each as it came, in an LZ4 frame
//! (<https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>) with a checksum. Deliveries are alike, so a row
//! shrinks to a fraction: the less is written, the sooner it is on disk.
//!
//! An entry is the delivery's id (16 bytes), the channel's (16), and then the fingerprint of the app secret that signed
//! and the body, each preceded by its length (4 bytes, big-endian).

use crate::{Error, Result, database::Kept, entity::delivery};
use bytes::{Buf as _, BufMut as _, Bytes};
use lz4_flex::frame::{self, FrameDecoder, FrameEncoder, FrameInfo};
use sea_orm::{DbErr, RuntimeErr, sqlx};
use std::{
    fmt::Display,
    io::{Read as _, Write as _},
    ops::Deref,
};
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

/// A row on its way into the journal.
#[derive(Debug)]
pub(crate) struct NewRow {
    /// Milliseconds.
    received_at: i64,
    deliveries: usize,
    body: Vec<u8>,
}

impl NewRow {
    pub(crate) fn new(received_at: i64) -> Self {
        Self {
            received_at,
            deliveries: 0,
            body: Vec::new(),
        }
    }

    /// How many deliveries it holds.
    pub(crate) fn deliveries(&self) -> usize {
        self.deliveries
    }

    /// Its size before it is packed.
    pub(crate) fn bytes(&self) -> usize {
        self.body.len()
    }

    pub(crate) fn push(&mut self, id: Uuid, channel: Uuid, signed_by: &str, body: &[u8]) {
        self.deliveries += 1;
        self.body.put_slice(id.as_bytes());
        self.body.put_slice(channel.as_bytes());
        for part in [signed_by.as_bytes(), body] {
            // A body has a few megabytes at the most.
            self.body.put_u32(u32::try_from(part.len()).unwrap_or(u32::MAX));
            self.body.put_slice(part);
        }
    }

    /// Stores the row; returns when it is on disk. One statement is a transaction of its own, and one round trip to the
    /// database.
    ///
    /// The row's place in the journal is that of its `id`, which is made now: a row that another process acknowledged
    /// with 200 before the last delivery of this row came has an earlier one.
    pub(crate) async fn store(self, id: Uuid, with: &mut Kept) -> Result<()> {
        const INSERT: &str =
            "INSERT INTO journal (id, received_at, deliveries, attempts, body) VALUES ($1, $2, $3, 0, $4)";
        let Self {
            received_at,
            deliveries,
            body,
        } = self;
        let deliveries = i64::try_from(deliveries).unwrap_or(i64::MAX);
        let body = pack(&body)?;
        let stored = match with {
            Kept::Sqlite(with) => {
                let insert = sqlx::query(INSERT).bind(id).bind(received_at);
                let insert = insert.bind(deliveries).bind(body);
                insert.execute(&mut **with).await.map(drop)
            }
            Kept::Postgres(with) => {
                let insert = sqlx::query(INSERT).bind(id).bind(received_at);
                let insert = insert.bind(deliveries).bind(body);
                insert.execute(&mut **with).await.map(drop)
            }
        };
        Ok(stored.map_err(|error| DbErr::Exec(RuntimeErr::SqlxError(error.into())))?)
    }
}

/// The first bytes of a frame. An entry begins with its id, and so with its time: none begins like this before the year
/// 6400.
const FRAME: [u8; 4] = 0x184D_2204_u32.to_le_bytes();

fn pack(entries: &[u8]) -> Result<Vec<u8>> {
    let info = FrameInfo::new().content_checksum(true);
    let mut frame = FrameEncoder::with_frame_info(info, Vec::new());
    let packed = frame.write_all(entries).map_err(frame::Error::from);
    packed.and_then(|()| frame.finish()).map_err(corrupt)
}

fn unpack(journal: &[u8]) -> Result<Bytes> {
    let mut entries = Vec::new();
    FrameDecoder::new(journal)
        .read_to_end(&mut entries)
        .map_err(corrupt)?;
    // The decoder takes a frame that ends before its first block for an empty one.
    if entries.is_empty() {
        return Err(corrupt("it is cut off"));
    }
    Ok(entries.into())
}

fn corrupt(why: impl Display) -> Error {
    Error::Corrupt(format!("a row of the journal: {why}"))
}

/// Reads a row back, also one that an older version stored without packing it.
///
/// # Errors
/// It is not what [`NewRow`] wrote.
pub(crate) fn read(journal: Vec<u8>) -> Result<Vec<Entry>> {
    let mut rest = match journal.starts_with(&FRAME) {
        true => unpack(&journal)?,
        false => journal.into(),
    };
    let mut entries = Vec::new();
    while rest.has_remaining() {
        entries.push(entry(&mut rest).ok_or_else(|| corrupt("it is cut off"))?);
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

    fn written<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<u8> {
        let mut row = NewRow::new(0);
        for entry in entries {
            row.push(entry.id, entry.channel, &entry.signed_by, &entry.body);
        }
        row.body
    }

    #[test]
    fn what_is_written_is_read() {
        let entries = [entry(b"{}"), entry(b""), entry(&[0, 255, b'\n'])];
        assert_eq!(read(pack(&written(&entries)).unwrap()).unwrap(), entries);
        assert_eq!(read(written(&entries)).unwrap(), entries, "not packed");
    }

    #[test]
    fn alike_deliveries_shrink() {
        let text = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{}}]}]}"#;
        let entries = vec![entry(text); 32];
        let (plain, packed) = (written(&entries), pack(&written(&entries)).unwrap());
        assert!(
            packed.len() * 8 < plain.len(),
            "{} of {}",
            packed.len(),
            plain.len()
        );
        assert_eq!(read(packed).unwrap(), entries);
    }

    #[test]
    fn a_row_that_is_changed_or_cut_off_is_never_another_one() {
        let entries = [entry(br#"{"object":"whatsapp_business_account","entry":[]}"#)];
        let whole = pack(&written(&entries)).unwrap();
        for place in 1..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            for broken in [whole[..place].to_vec(), changed] {
                // A frame's end adds nothing, and there is more than one way to pack the same.
                let read = read(broken);
                assert!(read.is_err() || read.unwrap() == entries, "at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(0..40_u8, 0..200)) {
            if let Ok(entries) = read(bytes.clone()) {
                prop_assert_eq!(written(&entries), bytes);
            }
        }
    }
}
