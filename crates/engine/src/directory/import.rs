//! Extensions from a table: all of its lines are created, or none is.

use crate::{
    Engine, Result,
    access::login_names::Names,
    directory::{
        extensions::write_new,
        logins::may_give,
        table::{self, Line, MOST_PROBLEMS},
    },
    entity::extension,
};
use domain::{
    access::{Actor, Permission},
    directory::{ImportForm, ImportedExtension, LoginAs, imported_field, imported_place},
    form::{FieldProblem, Invalid, Problem, Problems},
};
use futures::future::try_join_all;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};
use std::collections::HashSet;

/// Passwords that are hashed at once.
const AT_ONCE: usize = 4;

/// Creates the extensions of a table. A `dry_run` only says which these are.
///
/// # Errors
/// Everything that is wrong with the table, by its lines (`csv.3.number`).
pub async fn import(
    engine: &Engine,
    actor: &Actor,
    form: &ImportForm,
    dry_run: bool,
) -> Result<Vec<ImportedExtension>> {
    actor.require(Permission::DirectoryChange)?;
    form.check()?;
    let (lines, mut problems) = table::read(&form.csv);
    problems.extend(taken(engine.db.read(), &lines).await?);
    problems.extend(guessable(engine, &lines).await?);
    refuse(problems)?;
    if !dry_run {
        let hashes = hashes(engine, &lines).await?;
        let tx = engine.transaction_alone(actor).await?;
        refuse(taken(&tx, &lines).await?)?;
        for (line, hash) in lines.iter().zip(hashes) {
            may_give(&tx, None, line.login().map(|login| login.role))?;
            write_new(&tx, &line.extension, hash).await?;
        }
        tx.commit().await?;
    }
    Ok(lines.into_iter().map(imported).collect())
}

fn refuse(mut problems: Vec<FieldProblem>) -> std::result::Result<(), Invalid> {
    problems.sort_by_key(|problem| imported_place(&problem.field).map(|(line, _)| line));
    problems.truncate(MOST_PROBLEMS);
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Invalid { fields: problems }),
    }
}

/// Numbers and log-in names that others have, in the table or outside of it.
async fn taken(db: &impl ConnectionTrait, lines: &[Line]) -> Result<Vec<FieldProblem>> {
    let numbers: Vec<String> = extension::Entity::find()
        .select_only()
        .column(extension::Column::Number)
        .into_tuple()
        .all(db)
        .await?;
    let mut numbers: HashSet<String> = numbers.into_iter().collect();
    let mut names = Names::read(db).await?;
    let mut problems = Problems::default();
    for line in lines {
        if !numbers.insert(line.extension.number.clone()) {
            problems.add(&imported_field(line.number, "number"), Problem::Taken);
        }
        if let Some(login) = line.login() {
            problems.take(&imported_field(line.number, "login"), names.add(&login.login));
        }
    }
    Ok(problems.refuse().fields)
}

async fn guessable(engine: &Engine, lines: &[Line]) -> Result<Vec<FieldProblem>> {
    let mut problems = Problems::default();
    for line in lines {
        let Some((password, about)) = password_of(line) else {
            continue;
        };
        if engine.passwords.is_guessable(password, about).await? {
            problems.add(&imported_field(line.number, "password"), Problem::Guessable);
        }
    }
    Ok(problems.refuse().fields)
}

/// A few at a time: log-ins hardly wait for an import, and it is over before its request is.
async fn hashes(engine: &Engine, lines: &[Line]) -> Result<Vec<Option<String>>> {
    let mut hashes = Vec::with_capacity(lines.len());
    for few in lines.chunks(AT_ONCE) {
        let few = few.iter().map(|line| hash_of(engine, line));
        hashes.extend(try_join_all(few).await?);
    }
    Ok(hashes)
}

async fn hash_of(engine: &Engine, line: &Line) -> Result<Option<String>> {
    let Some((password, _)) = password_of(line) else {
        return Ok(None);
    };
    engine.passwords.hash_unjudged(password).await.map(Some)
}

/// The password of a line, and words that guess it.
fn password_of(line: &Line) -> Option<(String, Vec<String>)> {
    let LoginAs { login, password, .. } = line.login()?;
    Some((
        password.clone()?,
        vec![login.clone(), line.extension.name.clone()],
    ))
}

fn imported(line: Line) -> ImportedExtension {
    let role = line.login().map(|login| login.role);
    ImportedExtension {
        line: line.number,
        number: line.extension.number,
        name: line.extension.name,
        login: line.extension.login.map(|login| login.login),
        role,
        capacity: line.extension.capacity,
    }
}
