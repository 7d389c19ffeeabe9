//! The files that the process may have open; a connection takes one, a file that is sent another.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Kept for the database, files under way, and calls to Meta.
const OTHERS: usize = 512;

/// Lets the process open as many files as the system allows it: the usual limit of 1,024 is meant for programs that wait
/// with `select`.
pub fn raise() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

/// How many of so many connections have room.
pub fn for_connections(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile).current;
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(usize::MAX);
    let room = wanted.min(limit.saturating_sub(OTHERS)).max(1);
    if room < wanted {
        tracing::warn!(
            wanted,
            room,
            open_files = limit,
            "fewer connections than in http.connections: the system allows fewer open files (LimitNOFILE, ulimit -n)"
        );
    }
    room
}
