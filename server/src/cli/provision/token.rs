//! An API token of the file.

use super::{
    file::Token,
    run::{NO_ID, Run},
    thing::{Thing, compare, filled, find, only_one, text},
};
use crate::http::api::{time, time_of};
use domain::{
    access::{Actor, TokenForm},
    form::{Invalid, Problem},
    refusal::Refusal,
    time::Timestamp,
};
use engine::{
    Engine,
    access::api_tokens::{self, Given},
};
use secrecy::SecretString;
use std::io::Write;

impl<W: Write> Run<'_, W> {
    pub(super) async fn token(&mut self, wanted: &Token) -> anyhow::Result<()> {
        let (engine, actor) = (self.engine, Actor::System);
        anyhow::ensure!(
            wanted.days.is_none() || filled(&wanted.expires_at).is_none(),
            "days: expires_at says the same in another way: keep one of them"
        );
        let found = find(&self.stored.tokens, wanted)?;
        let (whole, mut changed) = compare(wanted, found.map(|(_, token)| token))?;
        let id = found.filter(|(_, token)| !token.expired).map(|(id, _)| id);
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
        // Days count from when a token is made, and without a text none is made.
        let end = if is_given { with_days.end() } else { whole.end() };
        if is_other && let Some(at) = expired_at(engine, &given, end).await? {
            let (name, at) = (&whole.name, time(at));
            writeln!(
                self.out,
                "= token {name}: it expired at {at}; give it another text and another end"
            )?;
            return Ok(());
        }
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
            only_one(&self.stored.tokens, wanted.key())?;
            let form = with_days.form(self.ids.bound("bound", &whole.bound)?);
            if !self.dry_run {
                let of = Given {
                    expires_at: whole.end(),
                    replaced: id,
                };
                let created = api_tokens::create_given(engine, &actor, &form, &given, of).await;
                created.map_err(explained)?;
            }
            changed.push("token".to_owned());
        }
        self.say(&whole, id.is_none(), &changed)
    }
}

/// When the token that is to be made expired: one with its text has, or its end has passed.
async fn expired_at(
    engine: &Engine,
    text: &SecretString,
    end: Option<Timestamp>,
) -> anyhow::Result<Option<Timestamp>> {
    let before = api_tokens::expired_at(engine, &Actor::System, text).await?;
    let now = engine.clock().now();
    Ok(before.or(end.filter(|end| *end <= now)))
}

fn explained(error: engine::Error) -> anyhow::Error {
    match &error {
        engine::Error::Refused(Refusal::Invalid { fields })
            if fields.iter().any(|wrong| wrong.problem == Problem::Taken) =>
        {
            anyhow::anyhow!(
                "token: another token has or had this text, which may have been revoked: give it another one"
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

    /// When it expires, if that is not said in days.
    fn end(&self) -> Option<Timestamp> {
        match self.days {
            None => self.expires_at.as_deref().and_then(time_of),
            Some(_) => None,
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
        let end = filled(&self.expires_at);
        let end =
            end.map(|text| time_of(&text).ok_or_else(|| Invalid::field("expires_at", Problem::Malformed)));
        Ok(Self {
            name: checked.name,
            scope: Some(checked.scope.as_str().to_owned()),
            bound: filled(&self.bound),
            expires_at: end.transpose()?.map(time),
            ..self.clone()
        })
    }
}
