//! `switchboard user`: who logs in.

use super::readable::readable;
use crate::made_up_password::made_up_password;
use anyhow::Context as _;
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use domain::{
    access::{Actor, Role, UserForm, UserRow},
    refusal::Refusal,
};
use engine::{
    Engine,
    access::{second_factor, single_sign_on, users},
    directory::extensions,
};
use std::io::Read as _;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add a user; without --password-stdin a password is generated and printed
    Add(AddUser),
    /// Print a link that lets a user log in whom the throttle keeps out after too many wrong passwords
    Unlock {
        #[arg(long)]
        login: String,
    },
    /// Everybody who can log in: log-in name, role, extension, whether disabled, name
    List,
    /// Log a user out and let them in no more; whoever has an extension is disabled with it
    Disable {
        #[arg(long)]
        login: String,
    },
    /// Let a disabled user in again
    Enable {
        #[arg(long)]
        login: String,
    },
    /// Remove the second factor of a user who has lost it, and log them out
    RemoveSecondFactor {
        #[arg(long)]
        login: String,
    },
    /// End that a user of the provider of single sign-on is this user, and log them out
    UnlinkSingleSignOn {
        #[arg(long)]
        login: String,
    },
    /// Give a user a new password and log them out; without --password-stdin it is generated and printed
    SetPassword {
        #[arg(long)]
        login: String,
        /// Take the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddUser {
    #[arg(long)]
    login: String,
    /// The name that colleagues see
    #[arg(long)]
    name: String,
    #[arg(long, default_value = "admin", value_parser = PossibleValuesParser::new(Role::ALL.iter().map(|word| word.as_str())))]
    role: String,
    /// Take the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(engine: &Engine, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add(user) => add(engine, user).await,
        UserCommand::Unlock { login } => unlock(engine, &login).await,
        UserCommand::List => list(engine).await,
        UserCommand::Disable { login } => set_disabled(engine, &login, true).await,
        UserCommand::Enable { login } => set_disabled(engine, &login, false).await,
        UserCommand::RemoveSecondFactor { login } => remove_second_factor(engine, &login).await,
        UserCommand::UnlinkSingleSignOn { login } => unlink_single_sign_on(engine, &login).await,
        UserCommand::SetPassword {
            login,
            password_stdin,
        } => set_password(engine, &login, password_stdin).await,
    }
}

async fn list(engine: &Engine) -> anyhow::Result<()> {
    for user in users::list(engine, &Actor::System).await? {
        let extension = user
            .extension
            .map_or_else(|| "-".to_owned(), |extension| extension.number);
        let state = if user.disabled { "disabled" } else { "enabled" };
        println!(
            "{}\t{}\t{extension}\t{state}\t{}",
            user.login, user.role, user.name
        );
    }
    Ok(())
}

async fn set_disabled(engine: &Engine, login: &str, disabled: bool) -> anyhow::Result<()> {
    let user = named(engine, login).await?;
    match user.extension {
        Some(extension) => extensions::set_disabled(engine, &Actor::System, extension.id, disabled).await,
        None => users::set_disabled(engine, &Actor::System, user.id, disabled).await,
    }
    .map_err(readable)
}

async fn remove_second_factor(engine: &Engine, login: &str) -> anyhow::Result<()> {
    let user = named(engine, login).await?;
    anyhow::ensure!(user.second_factor, "{} has no second factor", user.login);
    second_factor::remove(engine, &Actor::System, user.id)
        .await
        .map_err(readable)
}

async fn unlink_single_sign_on(engine: &Engine, login: &str) -> anyhow::Result<()> {
    let user = named(engine, login).await?;
    let is_linked = user.single_sign_on;
    anyhow::ensure!(
        is_linked,
        "{} is no user of the provider of single sign-on",
        user.login
    );
    single_sign_on::unlink(engine, &Actor::System, user.id)
        .await
        .map_err(readable)
}

async fn set_password(engine: &Engine, login: &str, from_stdin: bool) -> anyhow::Result<()> {
    let user = named(engine, login).await?;
    let password = if from_stdin {
        first_line()?
    } else {
        made_up_password()?
    };
    users::set_password(engine, &Actor::System, user.id, &password)
        .await
        .map_err(readable)?;
    if !from_stdin {
        println!("{password}");
        tracing::info!("the new password of {} is on standard output", user.login);
    }
    Ok(())
}

async fn named(engine: &Engine, login: &str) -> anyhow::Result<UserRow> {
    let wanted = domain::access::login_name(login).unwrap_or_default();
    let mut users = users::list(engine, &Actor::System).await?.into_iter();
    users
        .find(|user| user.login == wanted)
        .with_context(|| format!("nobody is called {login:?}"))
}

async fn unlock(engine: &Engine, login: &str) -> anyhow::Result<()> {
    let link = engine::access::browsers::unlock(engine, login).await;
    let link = link.map_err(|error| match error {
        engine::Error::Refused(Refusal::NotFound) => {
            anyhow::anyhow!("nobody who may log in is called {login:?}")
        }
        other => other.into(),
    })?;
    println!("{link}");
    tracing::info!("within an hour {login} opens this link in their browser, and then logs in as always");
    Ok(())
}

async fn add(engine: &Engine, user: AddUser) -> anyhow::Result<()> {
    let password = if user.password_stdin {
        first_line()?
    } else {
        made_up_password()?
    };
    let form = UserForm {
        login: user.login,
        name: user.name,
        password: password.clone(),
        role: user.role,
    };
    users::add(engine, &Actor::System, &form)
        .await
        .map_err(readable)?;
    if !user.password_stdin {
        println!("{password}");
        tracing::info!("the password of {} is on standard output", form.login);
    }
    Ok(())
}

fn first_line() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
