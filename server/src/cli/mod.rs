//! The commands. Each reads the settings, opens the engine, and makes one call.

pub mod provision;

mod audit;
mod extensions;
mod open;
mod readable;
mod retention;
mod text_file;
mod tokens;
mod users;
mod webhooks;

use self::{
    audit::AuditCommand,
    extensions::ExtensionsCommand,
    open::{open, open_for},
    tokens::TokenCommand,
    users::UserCommand,
    webhooks::WebhookCommand,
};
use crate::{
    application::Application,
    demo, doctor, logging,
    settings::{Settings, warnings::warnings},
    shutdown::stop_signal,
    systemd,
};
use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use domain::{
    access::Actor,
    cost::RatesInput,
    dead_letter::{DeadReason, Filter, Replayed, Within},
};
use engine::{
    Clock, Engine, Purpose,
    credentials::rotate::{Rotated, rotate},
};
use std::{
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
    /// Extensions of the PBX
    #[command(subcommand)]
    Extensions(ExtensionsCommand),
    /// Addresses of other programs to which events are sent
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Create and change extensions, queues, channels, webhooks and API tokens as a file says; a server may run meanwhile
    Apply(provision::Options),
    /// Print what is stored as a file for `apply`, without secrets but those in addresses of webhooks
    Export,
    /// The audit log: who did what
    #[command(subcommand)]
    Audit(AuditCommand),
    /// What the rules of [retention] delete, or those given here; deletes nothing
    Retention(retention::Rules),
    /// The master key, which seals secrets
    #[command(subcommand, alias = "master-key")]
    Keys(KeysCommand),
    /// The settings
    #[command(subcommand)]
    Config(ConfigCommand),
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
enum KeysCommand {
    /// Seal all secrets with a new key: security.next_master_key, or one that is made; a server may run meanwhile
    Rotate,
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
            for warning in warnings(&settings) {
                eprintln!("warning: {warning}");
            }
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
            Command::Audit(command) => audit::run(&open(&settings).await?, command).await,
            Command::Retention(rules) => {
                retention::run(&open(&settings).await?, settings.retention, rules).await
            }
            Command::User(command) => users::run(&open(&settings).await?, command).await,
            Command::Keys(KeysCommand::Rotate) => rotate_master_key(&settings).await,
            Command::Keys(KeysCommand::Replace) => replace_master_key(&settings).await,
            Command::Countries(CountriesCommand::Off) => countries_off(&open(&settings).await?).await,
            Command::Costs(CostsCommand::Rates { file }) => {
                replace_rates(&open(&settings).await?, &file).await
            }
            Command::Deliveries(DeliveriesCommand::Replay(which)) => {
                replay(&open(&settings).await?, &which).await
            }
            Command::Token(command) => tokens::run(&settings, command).await,
            Command::Extensions(command) => extensions::run(&open(&settings).await?, command).await,
            Command::Webhook(command) => webhooks::run(&settings, command).await,
            Command::Apply(options) => {
                provision::apply(&open(&settings).await?, &options, &mut std::io::stdout()).await
            }
            Command::Export => {
                print!("{}", provision::export(&open(&settings).await?).await?);
                Ok(())
            }
            Command::Demo(_) | Command::Config(_) => Ok(()),
        }
    }
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    for warning in warnings(&settings) {
        tracing::warn!("{warning}");
    }
    let mut stop = pin!(stop_signal()?);
    let application = tokio::select! {
        application = Application::build(settings, Clock::system()) => application?,
        () = &mut stop => {
            tracing::info!("stopped before it had started");
            return Ok(());
        }
    };
    if let Some(token) = engine::access::setup::create_setup_link(application.engine()).await? {
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

async fn rotate_master_key(settings: &Settings) -> anyhow::Result<()> {
    match rotate(&open(settings).await?).await? {
        Rotated::Now(secrets) => println!("Sealed with the new master key: {secrets} secrets."),
        Rotated::Before => println!("All secrets were sealed with this key before: nothing is left to do."),
    }
    match settings.security.next_master_key {
        Some(_) => println!("Make security.next_master_key the security.master_key, and back it up."),
        None => println!("Back up master.key. Backups of the database from before need the old one."),
    }
    Ok(())
}

async fn replace_master_key(settings: &Settings) -> anyhow::Result<()> {
    open_for(settings, Purpose::NewMasterKey).await?;
    println!(
        "The master key is the one that is there now. What another one had sealed is forgotten: see to it in the console \
         that every channel has its access token and its app secret, and start with a backup of the key."
    );
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
