//! A channel of the file, with its secrets.

use super::{
    file::Channel,
    run::Run,
    thing::{Thing, compare, filled, find, text},
};
use domain::{
    access::Actor,
    channel::{AuthenticationForm, MessagingForm, SendingForm},
    form::Invalid,
};
use engine::channels::{self, Tabs};
use std::io::Write;

/// A destination's id is known when the file is applied; before that its form only has to be whole.
const SOME_QUEUE: &str = "queue:00000000-0000-0000-0000-000000000000";

const AUTHENTICATION: [&str; 4] = ["name", "access_token", "app_secret", "next_app_secret"];
const MESSAGING: [&str; 4] = ["phone_number", "waba_id", "destination", "fallback"];
const SENDING: [&str; 5] = [
    "messages_per_second",
    "file_way",
    "unconfirmed",
    "read_receipts",
    "templates_allowed",
];

impl<W: Write> Run<'_, W> {
    pub(super) async fn channel(&mut self, wanted: &Channel) -> anyhow::Result<()> {
        let (engine, actor) = (self.engine, Actor::System);
        let found = find(&self.stored.channels, wanted)?;
        let (whole, mut changed) = compare(wanted, found.map(|(_, channel)| channel))?;
        let is_new = found.is_none();
        let mut authentication = AuthenticationForm {
            name: text(&whole.name),
            access_token: self.secret("access_token", &wanted.access_token)?,
            app_secret: self.secret("app_secret", &wanted.app_secret)?,
            next_app_secret: self.secret("next_app_secret", &wanted.next_app_secret)?,
        };
        authentication.check()?;
        if let Some((id, _)) = found {
            authentication = channels::only_new_secrets(engine, &actor, id, &authentication).await?;
            changed.extend(secrets_in(&authentication));
        }
        let messaging = whole.messaging(
            self.ids.place("destination", &whole.destination)?,
            self.ids.place("fallback", &whole.fallback)?,
        );
        if !self.dry_run {
            let any = |of: &[&str]| changed.iter().any(|field| of.contains(&field.as_str()));
            let sending = whole.sending();
            let id = match found {
                None => {
                    let new = channels::create(engine, &actor, &authentication, &messaging).await?;
                    if sending != SendingForm::default() {
                        channels::save_sending(engine, &actor, new.id, new.version, &sending).await?;
                    }
                    new.id
                }
                Some((id, stored)) => {
                    let tabs = Tabs {
                        authentication: any(&AUTHENTICATION).then_some(authentication),
                        messaging: any(&MESSAGING).then_some(messaging),
                        sending: any(&SENDING).then_some(sending),
                        ..Tabs::default()
                    };
                    channels::save_tabs(engine, &actor, id, stored.version, &tabs).await?;
                    id
                }
            };
            let paused = found.and_then(|(_, channel)| channel.paused).unwrap_or_default();
            match (paused, whole.paused.unwrap_or_default()) {
                (false, true) => channels::pause(engine, &actor, id).await?,
                (true, false) => channels::resume(engine, &actor, id).await?,
                _ => {}
            }
            self.ids.channels.insert(whole.phone_number_id.clone(), id);
        }
        self.say(&whole, is_new, &changed)
    }
}

fn secrets_in(form: &AuthenticationForm) -> impl Iterator<Item = String> {
    let secrets = [
        ("access_token", &form.access_token),
        ("app_secret", &form.app_secret),
        ("next_app_secret", &form.next_app_secret),
    ];
    let brought = secrets.into_iter().filter(|(_, secret)| !secret.is_empty());
    brought.map(|(field, _)| field.to_owned())
}

impl Channel {
    fn messaging(&self, destination: String, fallback: String) -> MessagingForm {
        MessagingForm {
            phone_number: text(&self.phone_number),
            phone_number_id: self.phone_number_id.clone(),
            waba_id: text(&self.waba_id),
            destination,
            fallback,
            country: String::new(),
        }
    }

    fn sending(&self) -> SendingForm {
        let default = SendingForm::default();
        let or = |field: &Option<String>, default| filled(field).unwrap_or(default);
        SendingForm {
            messages_per_second: or(
                &self.messages_per_second.map(|rate| rate.to_string()),
                default.messages_per_second,
            ),
            file_way: or(&self.file_way, default.file_way),
            unconfirmed: or(&self.unconfirmed, default.unconfirmed),
            read_receipts: or(&self.read_receipts, default.read_receipts),
            templates_allowed: self.templates_allowed.unwrap_or_default(),
        }
    }
}

impl Thing for Channel {
    const KIND: &'static str = "channel";
    const TABLE: &'static str = "channels";
    const KEY: &'static str = "phone_number_id";

    fn key(&self) -> &str {
        &self.phone_number_id
    }

    fn checked(&self) -> Result<Self, Invalid> {
        let name = text(&self.name);
        let name = AuthenticationForm {
            name,
            ..AuthenticationForm::default()
        }
        .check()?
        .name;
        let destination = filled(&self.destination).map(|_| SOME_QUEUE.to_owned());
        let messaging = self
            .messaging(destination.unwrap_or_default(), String::new())
            .check()?;
        let sending = self.sending().check()?;
        Ok(Self {
            phone_number_id: messaging.phone_number_id,
            name: Some(name),
            phone_number: Some(messaging.phone_number.to_string()),
            waba_id: messaging.waba_id,
            destination: filled(&self.destination),
            fallback: filled(&self.fallback),
            messages_per_second: Some(sending.messages_per_second),
            file_way: Some(sending.file_way.as_str().to_owned()),
            unconfirmed: Some(sending.unconfirmed.as_str().to_owned()),
            read_receipts: Some(sending.read_receipts.as_str().to_owned()),
            templates_allowed: Some(sending.templates_allowed),
            paused: Some(self.paused.unwrap_or_default()),
            ..self.clone()
        })
    }
}
