//! What Meta delivers, and where: the account's subscription to the app, the app's fields, the address.

use super::result::{Doctor, Result, after, bad, fine, is_unknown, unknown};
use crate::{
    doctor::{Check, Place, Probe, Seen, State},
    web_address::WebAddress,
};

impl Doctor<'_> {
    pub(super) fn waba_subscription(&self) -> Result {
        if self.e.waba_id.is_none() {
            return unknown(Seen::Missing);
        }
        if let Some(before) = self.before_number() {
            return before;
        }
        if self.is_of_another_account() {
            return bad(Seen::NumberNotInWaba);
        }
        match &self.e.waba {
            Probe::Seen(waba) => {
                let ours = self
                    .e
                    .app_id
                    .as_ref()
                    .map_or(!waba.app_ids.is_empty(), |app| waba.app_ids.contains(app));
                if ours {
                    fine(None)
                } else {
                    bad(Seen::WabaNotSubscribed)
                }
            }
            Probe::Refused { .. } if self.is_bad(Check::Number) => after(Check::Number),
            Probe::Refused { code, subcode, .. } if is_unknown(*code, *subcode) => bad(Seen::WabaUnknown),
            Probe::Refused { code, message, .. } => bad(Seen::MetaSays {
                code: *code,
                message: message.clone(),
            }),
            Probe::Down { why } => self.unanswered(why),
            Probe::NotAsked => after(Check::Token),
        }
    }

    /// The token sees the number and the account, but the account does not list the number.
    fn is_of_another_account(&self) -> bool {
        match (&self.e.waba_numbers, &self.e.phone_number_id) {
            (Probe::Seen(listed), Some(number)) => self.known_number().is_some() && !listed.contains(number),
            _ => false,
        }
    }

    pub(super) fn messages_field(&self) -> Result {
        if self.look(Check::AppSecret).0 != State::Good {
            return after(Check::AppSecret);
        }
        match &self.e.app {
            Probe::Seen(Some(app)) if !app.active => bad(Seen::AppNotSubscribed),
            Probe::Seen(Some(app)) if app.fields.iter().any(|field| field == "messages") => fine(None),
            Probe::Seen(Some(app)) => bad(Seen::MessagesNotSubscribed {
                fields: app.fields.clone(),
            }),
            Probe::Seen(None) => bad(Seen::AppNotSubscribed),
            Probe::Refused { code, message, .. } => unknown(Seen::MetaSays {
                code: *code,
                message: message.clone(),
            }),
            Probe::Down { why } => self.unanswered(why),
            Probe::NotAsked => self.not_asked(),
        }
    }

    pub(super) fn callback(&self) -> Result {
        let number = self.known_number();
        let at =
            |place, url: Option<&String>| url.filter(|url| !url.is_empty()).map(|url| (place, url.clone()));
        let of_app = self
            .e
            .app
            .seen()
            .and_then(Option::as_ref)
            .map(|app| &app.callback_url);
        let effective = at(Place::Number, number.and_then(|n| n.callback_of_number.as_ref()))
            .or_else(|| at(Place::Waba, number.and_then(|n| n.callback_of_waba.as_ref())))
            .or_else(|| at(Place::App, of_app))
            .or_else(|| at(Place::App, number.and_then(|n| n.callback_of_app.as_ref())));
        match effective {
            Some((_, url)) if is_same(&url, &self.e.webhook_url) => fine(Some(url)),
            Some((place, url)) => match self.e.kin.iter().find(|kin| is_same(&url, &kin.webhook_url)) {
                Some(kin) => {
                    let channel = kin.name.clone();
                    (State::Notice, Seen::CallbackOfKin { channel, url })
                }
                None => bad(Seen::CallbackElsewhere { place, url }),
            },
            None if self.is_bad(Check::MessagesField) => after(Check::MessagesField),
            None if number.is_none() => after(Check::Number),
            None => unknown(Seen::Never),
        }
    }
}

/// Whether a call to one address arrives at the other. Administrators enter addresses at Meta in several spellings, and
/// the route accepts a trailing slash and any query.
fn is_same(one: &str, other: &str) -> bool {
    fn place(address: &WebAddress) -> (&str, &str, &str) {
        let path = &address.path;
        let path = path.strip_suffix('/').unwrap_or(path);
        (&address.scheme, &address.host, path)
    }
    match (WebAddress::parse(one), WebAddress::parse(other)) {
        (Some(one), Some(other)) => place(&one) == place(&other),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        let ours = "https://pbx.example/webhooks/whatsapp/aB";
        for same in [
            "https://pbx.example/webhooks/whatsapp/aB",
            "https://pbx.example/webhooks/whatsapp/aB/",
            "https://PBX.Example/webhooks/whatsapp/aB",
            "HTTPS://pbx.example:443/webhooks/whatsapp/aB",
            "https://pbx.example/webhooks/whatsapp/aB?source=meta",
            "https://pbx.example/webhooks/whatsapp/aB/?source=meta",
        ] {
            assert!(is_same(same, ours) && is_same(ours, same), "{same}");
        }
        for other in [
            "http://pbx.example/webhooks/whatsapp/aB",
            "https://pbx.example:8443/webhooks/whatsapp/aB",
            "https://pbx2.example/webhooks/whatsapp/aB",
            "https://pbx.example/webhooks/whatsapp/ab",
            "https://pbx.example/webhooks/whatsapp/aB/c",
            "https://pbx.example/webhooks/whatsapp/aB//",
            "https://pbx.example/",
            "pbx.example/webhooks/whatsapp/aB",
        ] {
            assert!(!is_same(other, ours) && !is_same(ours, other), "{other}");
        }
        assert!(is_same("no address", "no address"));
    }
}
