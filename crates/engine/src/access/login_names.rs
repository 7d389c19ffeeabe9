//! Log-in names as people tell them apart. A new one is written in one script and does not look like another user's:
//! nobody is taken for somebody else. <https://www.unicode.org/reports/tr39/>

use crate::{Result, entity::user};
use domain::{form::Problem, ids::ExtensionId, refusal::Refusal};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, QuerySelect};
use std::collections::HashSet;
use unicode_security::{MixedScript as _, confusable_detection::skeleton};
use uuid::Uuid;

/// Refuses a new name that may be confused with that of another user than the one of the extension `except`.
pub(crate) async fn is_free(
    tx: &DatabaseTransaction,
    login: &str,
    except: Option<ExtensionId>,
) -> Result<()> {
    let refuse = |problem| Err(Refusal::field("login", problem).into());
    if !login.is_single_script() {
        return refuse(Problem::MixedScripts);
    }
    let others: Vec<(String, Option<Uuid>)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Login, user::Column::ExtensionId])
        .into_tuple()
        .all(tx)
        .await?;
    let except = except.map(ExtensionId::uuid);
    let mut others = others
        .iter()
        .filter(|(_, extension)| except.is_none() || *extension != except);
    if others.clone().any(|(other, _)| other == login) {
        return refuse(Problem::Taken);
    }
    let ours = looks(login);
    match others.any(|(other, _)| looks(other) == ours) {
        true => refuse(Problem::LooksTaken),
        false => Ok(()),
    }
}

fn looks(login: &str) -> String {
    skeleton(login).collect()
}

/// All names, for whoever adds many.
#[derive(Debug)]
pub(crate) struct Names {
    taken: HashSet<String>,
    looks: HashSet<String>,
}

impl Names {
    pub(crate) async fn read(db: &impl ConnectionTrait) -> Result<Self> {
        let taken: Vec<String> = user::Entity::find()
            .select_only()
            .column(user::Column::Login)
            .into_tuple()
            .all(db)
            .await?;
        Ok(Self {
            looks: taken.iter().map(|login| looks(login)).collect(),
            taken: taken.into_iter().collect(),
        })
    }

    /// Adds a name, unless it may be confused with one of them.
    pub(crate) fn add(&mut self, login: &str) -> std::result::Result<(), Problem> {
        if !login.is_single_script() {
            return Err(Problem::MixedScripts);
        }
        if !self.taken.insert(login.to_owned()) {
            return Err(Problem::Taken);
        }
        match self.looks.insert(looks(login)) {
            true => Ok(()),
            false => Err(Problem::LooksTaken),
        }
    }
}
