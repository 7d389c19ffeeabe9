//! How much space the disk has left. Files stop before the database does, so that a full disk never stops webhooks.

use crate::Engine;

/// Whether so many more bytes leave the disk as much space as `files.free_mb` asks for. A file system that does not
/// tell counts as empty.
pub(crate) fn is_left(engine: &Engine, bytes: u64) -> bool {
    let Ok(disk) = rustix::fs::statvfs(engine.files.growing_folder()) else {
        return true;
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    free.saturating_sub(bytes) >= engine.files_free
}
