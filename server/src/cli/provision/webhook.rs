//! A webhook of the file, with its secret.

use super::{
    file::Webhook,
    run::Run,
    thing::{Thing, compare, find, sorted, text},
};
use domain::{
    access::Actor,
    form::{Invalid, Problem},
    webhook::{Wanted, WebhookForm},
};
use engine::webhooks;
use secrecy::SecretString;
use std::io::Write;
use url::Url;

impl<W: Write> Run<'_, W> {
    pub(super) async fn webhook(&mut self, wanted: &Webhook) -> anyhow::Result<()> {
        let (engine, actor) = (self.engine, Actor::System);
        let found = find(&self.stored.webhooks, wanted)?;
        let (whole, mut changed) = compare(wanted, found.map(|(_, webhook)| webhook))?;
        let id = found.map(|(id, _)| id);
        let is_other_form = changed.iter().any(|field| field != "disabled");
        let form = match is_other_form {
            true => self.form_of(&whole)?,
            false => WebhookForm::default(),
        };
        let secret: SecretString = self.secret("secret", &wanted.secret)?.into();
        let is_other_secret = match (id, &wanted.secret) {
            (Some(_), None) => false,
            (Some(id), Some(_)) => !webhooks::has_secret(engine, &actor, id, &secret).await?,
            (None, Some(_)) => {
                webhooks::check_secret(&secret)?;
                true
            }
            (None, None) => {
                anyhow::bail!("secret: a new webhook needs one, see `switchboard webhook generate`")
            }
        };
        if is_other_secret {
            changed.push("secret".to_owned());
        }
        if !self.dry_run {
            let id = match found {
                None => webhooks::create_given(engine, &actor, &form, &secret).await?,
                Some((id, stored)) => {
                    if is_other_form {
                        webhooks::change(engine, &actor, id, stored.version, &form).await?;
                    }
                    if is_other_secret {
                        webhooks::replace_secret(engine, &actor, id, &secret).await?;
                    }
                    id
                }
            };
            if whole.disabled != found.is_some_and(|(_, webhook)| webhook.disabled) {
                webhooks::turn(engine, &actor, id, !whole.disabled).await?;
            }
        }
        self.say(&whole, id.is_none(), &changed)
    }

    /// The form with the ids of the channels and queues that the file names.
    fn form_of(&self, whole: &Webhook) -> anyhow::Result<WebhookForm> {
        let mut form = whole.form();
        for number in whole.channels.iter().flatten() {
            form.wanted.channels.push(self.ids.channel("channels", number)?);
        }
        for name in whole.queues.iter().flatten() {
            form.wanted.queues.push(self.ids.queue("queues", name)?);
        }
        Ok(form)
    }
}

impl Webhook {
    /// Without channels and queues, whose ids are known when the file is applied.
    fn form(&self) -> WebhookForm {
        WebhookForm {
            name: self.name.clone(),
            address: text(&self.address),
            wanted: Wanted {
                types: sorted(&self.types),
                ..Wanted::default()
            },
        }
    }
}

impl Thing for Webhook {
    const KIND: &'static str = "webhook";
    const TABLE: &'static str = "webhooks";
    const KEY: &'static str = "name";

    fn key(&self) -> &str {
        &self.name
    }

    fn checked(&self) -> Result<Self, Invalid> {
        let checked = self.form().check()?;
        let address = Url::parse(&checked.address);
        let address = address.map_err(|_| Invalid::field("address", Problem::Malformed))?;
        Ok(Self {
            name: checked.name,
            address: Some(address.into()),
            types: Some(checked.wanted.types),
            channels: Some(sorted(&self.channels)),
            queues: Some(sorted(&self.queues)),
            ..self.clone()
        })
    }
}
