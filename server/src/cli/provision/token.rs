//! An API token of the file.

use super::{
    file::Token,
    run::{NO_ID, Run},
    thing::{Thing, compare, filled, find, text},
};
use domain::{
    access::{Actor, TokenForm},
    form::{Invalid, Problem},
    refusal::Refusal,
};
use engine::access::api_tokens;
use secrecy::SecretString;
use std::io::Write;

impl<W: Write> Run<'_, W> {
    pub(super) async fn token(&mut self, wanted: &Token) -> anyhow::Result<()> {
        let (engine, actor) = (self.engine, Actor::System);
        let found = find(&self.stored.tokens, wanted.key())?;
        let (whole, mut changed) = compare(wanted, found.map(|(_, token)| token))?;
        let id = found.map(|(id, _)| id);
        // What is stored has an end, and not the days until then.
        let with_days = Token {
            days: wanted.days,
            ..whole.clone()
        };
        with_days.form(with_days.bound_to_come()).check()?;
        let given: SecretString = self.secret("token", &wanted.token)?.into();
        let is_given = wanted.token.is_some();
        let is_other = match id {
            Some(id) => is_given && !api_tokens::is_text_of(engine, &actor, id, &given).await?,
            None => true,
        };
        anyhow::ensure!(
            is_given || id.is_some(),
            "token: a new token needs a text, see `switchboard token generate`"
        );
        anyhow::ensure!(
            is_other || changed.is_empty(),
            "{}: it cannot change; give the token another text",
            changed.join(", ")
        );
        if is_other {
            let form = with_days.form(self.ids.bound("bound", &whole.bound)?);
            if !self.dry_run {
                let created = api_tokens::create_given(engine, &actor, &form, &given, id).await;
                created.map_err(explained)?;
            }
            changed.push("token".to_owned());
        }
        self.say(&whole, id.is_none(), &changed)
    }
}

fn explained(error: engine::Error) -> anyhow::Error {
    match &error {
        engine::Error::Refused(Refusal::Invalid { fields })
            if fields.iter().any(|wrong| wrong.problem == Problem::Taken) =>
        {
            anyhow::anyhow!(
                "token: another token has or had this text, which may have expired or been revoked: give it another one"
            )
        }
        _ => error.into(),
    }
}

impl Token {
    fn form(&self, bound: String) -> TokenForm {
        TokenForm {
            name: self.name.clone(),
            scope: text(&self.scope),
            days: self.days.map(|days| days.to_string()).unwrap_or_default(),
            bound,
        }
    }

    /// What it is bound to, with an id that it has only when the file is applied.
    fn bound_to_come(&self) -> String {
        let bound = filled(&self.bound).unwrap_or_default();
        match bound.split_once(':') {
            Some((kind, name)) if !name.is_empty() => format!("{kind}:{NO_ID}"),
            _ => bound,
        }
    }
}

impl Thing for Token {
    const KIND: &'static str = "token";
    const TABLE: &'static str = "tokens";
    const KEY: &'static str = "name";

    fn key(&self) -> &str {
        &self.name
    }

    fn checked(&self) -> Result<Self, Invalid> {
        let checked = self.form(self.bound_to_come()).check()?;
        Ok(Self {
            name: checked.name,
            scope: Some(checked.scope.as_str().to_owned()),
            bound: filled(&self.bound),
            ..self.clone()
        })
    }
}
