//! The identities by which a customer is recognised: a BSUID, or a `wa_id`.

use domain::phone::same_customer_key;
use whatsapp::{
    Bsuid, WaId,
    webhook::{Content, InboundMessage, SystemChange},
};

const BSUID: &str = "bsuid";

const WA_ID: &str = "wa_id";

pub(crate) const KINDS: [&str; 2] = [BSUID, WA_ID];

/// Every identity that a message tells of its sender. After a change of number the old and the new identities belong to
/// one person, so that whatever is still on its way from the old one reaches the same contact.
pub(crate) fn identities(inbound: &InboundMessage) -> Vec<Identity> {
    let bsuid = |id: &Option<Bsuid>| id.as_ref().map(|id| (BSUID, id.as_str().to_owned()));
    let wa_id = |id: &Option<WaId>| id.as_ref().map(|id| (WA_ID, same_customer_key(id.as_str())));
    let sender = [bsuid(&inbound.sender.bsuid), wa_id(&inbound.sender.wa_id)];
    let change = change(inbound).map(|change| {
        [
            bsuid(&change.previous_bsuid),
            bsuid(&change.bsuid),
            wa_id(&change.wa_id),
        ]
    });
    let all = sender.into_iter().chain(change.into_iter().flatten());
    all.flatten().collect()
}

/// A system message that names a new identity of its sender.
pub(crate) fn change(inbound: &InboundMessage) -> Option<&SystemChange> {
    match &inbound.content {
        Content::System(change) => Some(change),
        _ => None,
    }
}

/// A contact's identity: its kind and its value.
pub(crate) type Identity = (&'static str, String);
