//! The commands. Each reads the settings, opens the engine, and makes one call.

use crate::{
    application::{Application, engine_config, url_of},
    demo, doctor, logging,
    settings::Settings,
    shutdown::stop_signal,
    systemd,
};
use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use domain::{
    access::{Actor, Role, Scope, UserForm},
    cost::RatesInput,
    dead_letter::{DeadReason, Filter, Replayed, Within},
    refusal::Refusal,
};
use engine::{Clock, Engine, Purpose};
use std::{
    io::Read as _,
    path::{Path, PathBuf},
    pin::pin,
};

/// WhatsApp on a company's PBX.
#[derive(Debug, Parser)]
#[command(name = "switchboard", version)]
pub struct Cli {
    /// Settings file; by default ./switchboard.toml, if it exists
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console, the webhooks and the API
    Serve,
    /// Try it out: fresh data, demo users and a simulated WhatsApp, all removed at the end
    Demo(demo::Options),
    /// Bring the database to this version's state; `serve` does the same at its start
    Migrate,
    /// Examine one channel or all: what is right, what is wrong, and why; exits with 1 when something is wrong
    Doctor {
        /// Its name or id
        channel: Option<String>,
    },
    /// Users: who logs in
    #[command(subcommand, alias = "person")]
    User(UserCommand),
    /// The allowed countries
    #[command(subcommand)]
    Countries(CountriesCommand),
    /// What messages cost
    #[command(subcommand)]
    Costs(CostsCommand),
    /// Deliveries from Meta that could not be applied
    #[command(subcommand)]
    Deliveries(DeliveriesCommand),
    /// Tokens for the REST API
    #[command(subcommand)]
    Token(TokenCommand),
    /// The key that seals secrets
    #[command(subcommand)]
    MasterKey(MasterKeyCommand),
    /// The settings
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add a user; without --password-stdin a password is generated and printed
    Add(AddUser),
    /// Print a link that lets a user log in whom the throttle keeps out after too many wrong passwords
    Unlock {
        #[arg(long)]
        login: String,
    },
}

#[derive(Debug, Args)]
struct AddUser {
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

#[derive(Debug, Subcommand)]
enum CountriesCommand {
    /// Let everybody in again through every door, for whoever is locked out; a running server obeys within seconds
    Off,
}

#[derive(Debug, Subcommand)]
enum CostsCommand {
    /// Replace the rates by those of a JSON file, the same as for PUT /api/v1/costs/rates
    Rates { file: PathBuf },
}

#[derive(Debug, Subcommand)]
enum DeliveriesCommand {
    /// Apply them again, all or those that match; a server may run meanwhile
    Replay(Replay),
}

#[derive(Debug, Args)]
struct Replay {
    #[arg(long, value_parser = PossibleValuesParser::new(DeadReason::ALL.iter().map(|word| word.as_str())))]
    reason: Option<String>,
    /// Only those of the phone number with this id at Meta
    #[arg(long, value_name = "ID")]
    phone_number_id: Option<String>,
    /// Only those of the last hour, day or week
    #[arg(long, value_parser = PossibleValuesParser::new(Within::ALL.iter().map(|word| word.as_str())))]
    within: Option<String>,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Print a new token, and nothing else, to standard output; it is not shown again
    Create(CreateToken),
}

#[derive(Debug, Args)]
struct CreateToken {
    /// What it is for
    #[arg(long)]
    name: String,
    #[arg(long, value_parser = PossibleValuesParser::new(Scope::ALL.iter().map(|word| word.as_str())))]
    scope: String,
}

#[derive(Debug, Subcommand)]
enum MasterKeyCommand {
    /// For a lost master key: use the configured key, or create one, and forget the secrets sealed with the old key
    Replace,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Show every effective setting and where it comes from, or everything that is wrong
    Check,
}

impl Cli {
    /// Runs the command to its end.
    ///
    /// # Errors
    /// Wrong settings, a taken port, an unreachable database, a refused form.
    pub async fn run(self) -> anyhow::Result<()> {
        if let Command::Demo(options) = self.command {
            return demo::run(options).await;
        }
        let (settings, effective) = Settings::load(self.config.as_deref())?;
        if matches!(self.command, Command::Config(ConfigCommand::Check)) {
            effective.iter().for_each(|setting| println!("{setting}"));
            return Ok(());
        }
        logging::start(&settings.log);
        match self.command {
            Command::Serve => serve(settings).await,
            Command::Migrate => open(&settings).await.map(drop),
            Command::Doctor { channel } => {
                let well = doctor::run(&open(&settings).await?, channel.as_deref()).await?;
                anyhow::ensure!(well, "something is wrong, marked with ✗ above");
                Ok(())
            }
            Command::User(UserCommand::Add(user)) => add_user(&open(&settings).await?, user).await,
            Command::User(UserCommand::Unlock { login }) => unlock(&open(&settings).await?, &login).await,
            Command::MasterKey(MasterKeyCommand::Replace) => replace_master_key(&settings).await,
            Command::Countries(CountriesCommand::Off) => countries_off(&open(&settings).await?).await,
            Command::Costs(CostsCommand::Rates { file }) => {
                replace_rates(&open(&settings).await?, &file).await
            }
            Command::Deliveries(DeliveriesCommand::Replay(which)) => {
                replay(&open(&settings).await?, &which).await
            }
            Command::Token(TokenCommand::Create(token)) => {
                create_token(&open(&settings).await?, &token).await
            }
            Command::Demo(_) | Command::Config(_) => Ok(()),
        }
    }
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let mut stop = pin!(stop_signal()?);
    let application = tokio::select! {
        application = Application::build(settings, Clock::system()) => application?,
        () = &mut stop => {
            tracing::info!("stopped before it had started");
            return Ok(());
        }
    };
    if let Some(token) = engine::access::users::create_setup_link(application.engine()).await? {
        let mut link = application.public_url().join("setup")?;
        link.query_pairs_mut().append_pair("token", &token);
        tracing::warn!("nobody can log in yet: create the first administrator at {link}");
    }
    systemd::notify("READY=1");
    let stop = async {
        stop.await;
        systemd::notify("STOPPING=1");
    };
    application.run_until(stop).await;
    Ok(())
}

async fn open(settings: &Settings) -> anyhow::Result<Engine> {
    open_for(settings, Purpose::Command).await
}

async fn open_for(settings: &Settings, purpose: Purpose) -> anyhow::Result<Engine> {
    crate::application::install_crypto();
    // The same default as `serve`.
    let public_url = settings.http.public_url.clone();
    let public_url = public_url.unwrap_or_else(|| url_of(settings.http.listen));
    let config = engine_config(settings, purpose, public_url, Clock::system());
    Ok(Engine::open(config).await?)
}

async fn replace_master_key(settings: &Settings) -> anyhow::Result<()> {
    open_for(settings, Purpose::NewMasterKey).await?;
    println!(
        "The master key is the one that is there now. What another one had sealed is forgotten: see to it in the console \
         that every channel has its access token and its app secret, and start with a backup of the key."
    );
    Ok(())
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

async fn add_user(engine: &Engine, user: AddUser) -> anyhow::Result<()> {
    let password = if user.password_stdin {
        first_line()?
    } else {
        made_up()?
    };
    let form = UserForm {
        login: user.login,
        name: user.name,
        password: password.clone(),
        role: user.role,
    };
    engine::access::users::add(engine, &Actor::System, &form)
        .await
        .map_err(readable)?;
    if !user.password_stdin {
        println!("{password}");
        tracing::info!("the password of {} is on standard output", form.login);
    }
    Ok(())
}

async fn countries_off(engine: &Engine) -> anyhow::Result<()> {
    let gone = engine::countries::off(engine, &Actor::System).await?;
    if gone.is_empty() {
        println!("No countries are chosen: everybody is let in already.");
    }
    for stored in gone {
        let only = stored.rule.only.unwrap_or_default();
        let codes: Vec<&str> = only.iter().map(|country| country.code()).collect();
        println!("{}: everybody; it was {}", stored.door.as_str(), codes.join(" "));
    }
    Ok(())
}

async fn replace_rates(engine: &Engine, file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let rates: RatesInput = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    let rates = rates.check().map_err(|invalid| {
        let problems = invalid.fields.iter();
        let problems = problems.map(|field| format!("{}: {:?}", field.field, field.problem));
        anyhow::anyhow!("{}", problems.collect::<Vec<_>>().join(", "))
    })?;
    let saved = engine::costs::save_rates(engine, &Actor::System, None, Ok(Some(rates))).await?;
    let rates = saved.rates;
    let countries: usize = rates.markets.iter().map(|market| market.countries.len()).sum();
    println!("{} of {}, countries: {countries}", rates.currency, rates.date);
    Ok(())
}

/// Replays in batches and prints the progress after each.
async fn replay(engine: &Engine, which: &Replay) -> anyhow::Result<()> {
    let filter = Filter::read(|key| match key {
        "reason" => which.reason.clone(),
        "phone_number_id" => which.phone_number_id.clone(),
        "within" => which.within.clone(),
        _ => None,
    });
    let mut so_far = Replayed::default();
    loop {
        let batch =
            engine::inbound::dead_letters::replay_all(engine, &Actor::System, &filter, so_far.next).await?;
        so_far = batch.after(&so_far);
        if so_far.next.is_none() {
            break;
        }
        println!("{} applied, {} to go", so_far.applied, so_far.left);
    }
    println!("applied: {}", so_far.applied);
    for (reason, count) in &so_far.kept {
        println!("kept, {}: {count}", reason.as_str());
    }
    if so_far.lost > 0 {
        println!(
            "kept, nothing is stored that could be applied again: {}",
            so_far.lost
        );
    }
    Ok(())
}

async fn create_token(engine: &Engine, token: &CreateToken) -> anyhow::Result<()> {
    let scope: Scope = token
        .scope
        .parse()
        .map_err(|_| anyhow::anyhow!("no such scope"))?;
    let token = engine::access::api_tokens::create(engine, &token.name, scope)
        .await
        .map_err(readable)?;
    println!("{token}");
    Ok(())
}

fn first_line() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// 18 random bytes: 24 characters.
fn made_up() -> anyhow::Result<String> {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A refused form names its fields.
fn readable(error: engine::Error) -> anyhow::Error {
    match error {
        engine::Error::Refused(Refusal::Invalid { fields }) => {
            let problems = fields
                .iter()
                .map(|field| format!("--{}: {:?}", field.field, field.problem));
            anyhow::anyhow!("{}", problems.collect::<Vec<_>>().join(", "))
        }
        other => other.into(),
    }
}
