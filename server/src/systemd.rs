//! Notifies the service manager, if there is one:
//! <https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html>.

use std::{env, ffi::OsStr, io, os::unix::net::UnixDatagram};

/// Sends a state such as `READY=1`.
pub fn notify(state: &str) {
    if let Some(socket) = env::var_os("NOTIFY_SOCKET")
        && let Err(error) = send(&socket, state)
    {
        tracing::warn!(%error, state, "the service manager cannot be told");
    }
}

fn send(socket: &OsStr, state: &str) -> io::Result<()> {
    let from = UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    if let Some(name) = std::os::unix::ffi::OsStrExt::as_bytes(socket).strip_prefix(b"@") {
        use std::os::{linux::net::SocketAddrExt as _, unix::net::SocketAddr};
        let address = SocketAddr::from_abstract_name(name)?;
        return from.send_to_addr(state.as_bytes(), &address).map(drop);
    }
    from.send_to(state.as_bytes(), socket).map(drop)
}
