//! A memory budget for request bodies: however many arrive at once, together they never exceed it.

use std::sync::atomic::{AtomicI64, Ordering};

/// The bytes that bodies in memory may still take.
#[derive(Debug)]
pub struct Room {
    left: AtomicI64,
}

impl Room {
    pub fn of(bytes: usize) -> Self {
        Self {
            left: AtomicI64::new(i64::try_from(bytes).unwrap_or(i64::MAX)),
        }
    }

    #[cfg(test)]
    pub(super) fn left(&self) -> i64 {
        self.left.load(Ordering::Relaxed)
    }
}

/// One body's share of the room; dropping it gives the bytes back.
#[derive(Debug)]
pub struct Taken<'r> {
    room: &'r Room,
    bytes: i64,
}

impl<'r> Taken<'r> {
    pub(super) fn nothing_of(room: &'r Room) -> Self {
        Self { room, bytes: 0 }
    }

    /// Takes more bytes; returns false if too few are left.
    pub(super) fn more(&mut self, bytes: usize) -> bool {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        if self.room.left.fetch_sub(bytes, Ordering::Relaxed) < bytes {
            self.room.left.fetch_add(bytes, Ordering::Relaxed);
            return false;
        }
        self.bytes += bytes;
        true
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.room.left.fetch_add(self.bytes, Ordering::Relaxed);
    }
}
