//! The channel's public address: whether Meta can call it, and whether it has done so.

use super::result::{Doctor, Result, after, bad, fine, unknown};
use crate::doctor::{Check, Reach, Seen, State};
use std::time::Duration;

/// A delivery within the last day proves that Meta reaches the server, whatever the server's own attempt shows.
const RECENT: Duration = Duration::from_secs(24 * 60 * 60);

impl Doctor<'_> {
    pub(super) fn public_url(&self) -> Result {
        let url = &self.e.public_url;
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let host = host_of(rest);
        if is_local(host) {
            return (State::Notice, Seen::OnlyLocal { url: url.clone() });
        }
        if scheme != "https" {
            return bad(Seen::NotHttps { url: url.clone() });
        }
        if host.contains('_') {
            return bad(Seen::Underscore {
                host: host.to_owned(),
            });
        }
        match &self.e.reach {
            Reach::NotTried | Reach::Ours => fine(Some(url.clone())),
            Reach::NotUs { status } => bad(Seen::NotUs { status: *status }),
            Reach::BadCertificate { why } => bad(Seen::BadCertificate { why: why.clone() }),
            Reach::Unreachable { why } => {
                let last_call = self.e.last_inbound_at.max(self.e.handshake_at);
                let meta_got_through = last_call.is_some_and(|at| self.e.now.since(at) < RECENT);
                let state = if meta_got_through {
                    State::Notice
                } else {
                    State::Bad
                };
                (state, Seen::Unreachable { why: why.clone() })
            }
        }
    }

    pub(super) fn webhook(&self) -> Result {
        const EARLIER: [Check; 7] = [
            Check::PublicUrl,
            Check::Token,
            Check::Permissions,
            Check::AppSecret,
            Check::Number,
            Check::MessagesField,
            Check::Callback,
        ];
        let earlier = || EARLIER.into_iter().find(|check| self.is_bad(*check));
        let delivered_at = self.e.last_inbound_at;
        if self.e.handshake_at.is_none() && !self.e.kin.is_empty() {
            match self.callback() {
                (_, Seen::CallbackOfKin { channel, .. }) => {
                    return (
                        State::Notice,
                        Seen::KinCalled {
                            channel,
                            delivered_at,
                        },
                    );
                }
                // It is unknown whose address Meta calls, and deliveries may have come by another channel's address.
                (State::Unknown, _) if delivered_at.is_some() => return after(Check::Callback),
                (State::Unknown, Seen::After { .. }) if earlier().is_none() => return after(Check::Callback),
                _ => {}
            }
        }
        match self.e.handshake_at.max(delivered_at) {
            Some(at) => (State::Good, Seen::Last { at }),
            None => match earlier() {
                Some(check) => after(check),
                // Meta has accepted the address, so the handshake took place; only the record of it is missing.
                None if self.callback().0 == State::Good => unknown(Seen::Never),
                None => bad(Seen::Never),
            },
        }
    }
}

fn host_of(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Whether a host is this machine itself, which nobody else can call.
pub fn is_local(host: &str) -> bool {
    matches!(host, "localhost" | "::1" | "[::1]") || host.ends_with(".localhost") || host.starts_with("127.")
}
