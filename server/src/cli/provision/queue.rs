//! A queue of the file, with its members.

use super::{
    file::Queue,
    run::Run,
    thing::{Thing, compare, find, sorted, text},
};
use domain::{access::Actor, directory::QueueForm, form::Invalid};
use engine::{directory::queues, saved::Expected};
use std::io::Write;

impl<W: Write> Run<'_, W> {
    pub(super) async fn queue(&mut self, wanted: &Queue) -> anyhow::Result<()> {
        let found = find(&self.stored.queues, wanted)?;
        let (whole, changed) = compare(wanted, found.map(|(_, queue)| queue))?;
        let id = found.map(|(id, _)| id);
        let members = whole.members.iter().flatten();
        let members = members.map(|number| self.ids.extension("members", number));
        let members: Vec<_> = members.collect::<anyhow::Result<_>>()?;
        if !self.dry_run {
            let form = whole.form(members.iter().map(ToString::to_string).collect());
            let id = match id {
                None => queues::create(self.engine, &Actor::System, &form).await?,
                Some(id) => {
                    if changed.iter().any(|field| field != "disabled") {
                        queues::change(self.engine, &Actor::System, id, &Expected::Any, &form).await?;
                    }
                    id
                }
            };
            if whole.disabled != found.is_some_and(|(_, queue)| queue.disabled) {
                queues::set_disabled(self.engine, &Actor::System, id, whole.disabled).await?;
            }
            self.ids.queues.insert(whole.name.clone(), id);
        }
        self.say(&whole, id.is_none(), &changed)
    }
}

impl Queue {
    fn form(&self, members: Vec<String>) -> QueueForm {
        QueueForm {
            name: self.name.clone(),
            members,
            pick_up: text(&self.pick_up),
            distributes: self.distributes.unwrap_or_default(),
        }
    }
}

impl Thing for Queue {
    const KIND: &'static str = "queue";
    const TABLE: &'static str = "queues";
    const KEY: &'static str = "name";

    fn key(&self) -> &str {
        &self.name
    }

    fn checked(&self) -> Result<Self, Invalid> {
        let checked = self.form(Vec::new()).check()?;
        Ok(Self {
            name: checked.name,
            members: Some(sorted(&self.members)),
            pick_up: Some(checked.pick_up.as_str().to_owned()),
            distributes: Some(checked.distributes),
            ..self.clone()
        })
    }
}
