//! The user's own presence, as the process knows it.

use super::idle;
use crate::{
    api::{
        ApiResult, Resource,
        presence::{own_presence, set_idle},
    },
    live::use_live,
};
use domain::presence::OwnPresence;
use leptos::{prelude::*, task::spawn_local};

/// Read it inside `<Transition>`.
#[derive(Debug, Clone, Copy)]
pub struct Own(Resource<ApiResult<Option<OwnPresence>>>);

/// Follows the user's presence for as long as the calling component is shown.
pub fn provide_presence() {
    let live = use_live();
    let own = Own(Resource::new(move || live.presence.get(), |_| own_presence()));
    provide_context(own);
    idle::watch(move |idle| {
        // One tab tells for all.
        if live.leads.get_untracked() {
            own.tell(idle);
        }
    });
}

/// The user's presence that the frame provides.
pub fn use_own() -> Own {
    expect_context()
}

impl Own {
    /// Names the resource in the part of the page around this call. The browser reads it where it is shown.
    pub fn name(self) {
        if cfg!(feature = "ssr") {
            self.0.with(|_| ());
        }
    }

    pub(super) fn get(self) -> Option<OwnPresence> {
        self.0.get()?.ok().flatten()
    }

    pub(super) fn refetch(self) {
        self.0.refetch();
    }

    /// Tells the process what it does not know yet. If it fails, the next look tells it again.
    fn tell(self, idle: bool) {
        let known = self.0.try_with_untracked(|read| match read {
            Some(Ok(Some(known))) => Some(known.idle),
            _ => None,
        });
        if known.flatten().is_some_and(|known| known != idle) {
            spawn_local(async move {
                let _ = set_idle(idle).await;
            });
        }
    }
}
