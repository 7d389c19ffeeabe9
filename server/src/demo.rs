//! `switchboard demo`: a console with people, a queue and a connected channel, a simulated WhatsApp beside it, and
//! a customer who waits for an answer. Its data is created at the start and removed at the end.

use crate::{
    application::Application, logging, made_up_password::made_up_password, settings::Settings,
    shutdown::stop_signal,
};
use anyhow::Context as _;
use clap::Args;
use domain::{
    access::{Actor, UserForm},
    channel::{AuthenticationForm, ChannelView, Destination, MessagingForm},
    directory::{ExtensionForm, QueueForm},
    ids::QueueId,
};
use engine::{Clock, Engine};
use simulator::{AppSpec, CustomerSpec, NumberSpec, RetryPlan, Setting, Simulator, TokenState};
use std::{net::SocketAddr, path::PathBuf};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The password of every demo user.
const PASSWORD: &str = "switchboard";

const APP_ID: &str = "100000000000001";
const APP_SECRET: &str = "5bd11e1c8fa04f0f9c0c1f2f7d3a9e64";
/// The webhook fields that the README names.
const FIELDS: [&str; 6] = [
    "messages",
    "calls",
    "message_template_status_update",
    "message_template_quality_update",
    "message_template_components_update",
    "template_category_update",
];
const ACCESS_TOKEN: &str = "EAAGdemo0token";
const WABA_ID: &str = "200000000000001";
const PHONE_NUMBER_ID: &str = "300000000000001";
const PHONE_NUMBER: &str = "+420 800 555 010";

#[derive(Debug, Args)]
pub struct Options {
    /// Where the console listens
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Where the simulated WhatsApp listens
    #[arg(long, default_value = "127.0.0.1:3001")]
    simulator: SocketAddr,
    /// Keep the data in this empty folder instead of removing it
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Runs until Ctrl+C.
///
/// # Errors
/// A port is taken, or the folder given with `--keep` is not empty.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let mut settings = Settings::defaults();
    settings.log.level = "warn".to_owned();
    logging::start(&settings.log);
    let (folder, _removed_at_the_end) = folder(options.keep)?;

    let simulator = start_simulator(options.simulator).await?;
    settings.http.listen = options.listen;
    settings.data.dir = folder;
    settings.meta.graph_url = simulator.url();
    let application = Application::build(settings, Clock::system()).await?;
    let engine = application.engine().clone();
    let console = application.public_url().clone();

    let ended = CancellationToken::new();
    let server = tokio::spawn(application.run_until(ended.clone().cancelled_owned()));
    let told = async {
        furnish(&engine, &simulator)
            .await
            .context("furnishing the demo")?;
        println!("{}", welcome(&console, &simulator.phone_page()));
        stop.await;
        anyhow::Ok(())
    };
    let result = told.await;
    ended.cancel();
    server.await?;
    simulator.shutdown().await;
    result
}

fn folder(keep: Option<PathBuf>) -> anyhow::Result<(PathBuf, Option<TempDir>)> {
    let Some(folder) = keep else {
        let temporary = tempfile::Builder::new().prefix("switchboard-demo-").tempdir()?;
        return Ok((temporary.path().to_owned(), Some(temporary)));
    };
    std::fs::create_dir_all(&folder)?;
    let is_empty = std::fs::read_dir(&folder)?.next().is_none();
    anyhow::ensure!(
        is_empty,
        "{} is not empty: the demo starts with fresh data",
        folder.display()
    );
    Ok((folder, None))
}

async fn start_simulator(listen: SocketAddr) -> anyhow::Result<Simulator> {
    let options = simulator::Options {
        listen,
        retry: RetryPlan::patient(),
        ..simulator::Options::default()
    };
    let simulator = Simulator::start(options).await.with_context(|| {
        format!("the simulated WhatsApp cannot listen on {listen}: stop what listens there, or choose another with --simulator")
    })?;
    simulator.add_app(AppSpec {
        id: APP_ID.into(),
        secret: APP_SECRET.into(),
    });
    simulator.add_number(NumberSpec {
        phone_number_id: PHONE_NUMBER_ID.into(),
        waba_id: WABA_ID.into(),
        display_phone_number: PHONE_NUMBER.into(),
        verified_name: "Příklad s.r.o.".into(),
        app_id: APP_ID.into(),
    });
    simulator.add_token(ACCESS_TOKEN, TokenState::Valid);
    simulator.set(Setting::Fields {
        app_id: APP_ID.into(),
        fields: FIELDS.map(Into::into).into(),
    })?;
    Ok(simulator)
}

/// Creates users, a queue, a channel connected the way a real one is, and a first message.
async fn furnish(engine: &Engine, simulator: &Simulator) -> anyhow::Result<()> {
    let queue = people_and_queue(engine).await?;
    let channel = channel(engine, queue).await?;
    simulator
        .subscribe(APP_ID, &channel.webhook_url, &channel.verify_token)
        .await?;
    engine::doctor::examine(engine, &Actor::System, channel.id).await?;

    let karel = simulator.add_customer(CustomerSpec {
        name: "Karel Dvořák".into(),
        wa_id: Some("420800555101".into()),
        ..CustomerSpec::default()
    });
    let question =
        "Dobrý den, objednal jsem v pondělí a balík ještě nedorazil. Můžete se prosím podívat, kde je?";
    simulator.customer_says(karel, PHONE_NUMBER_ID, question)?;
    simulator.settled().await;
    engine.settled().await;
    Ok(())
}

async fn people_and_queue(engine: &Engine) -> anyhow::Result<QueueId> {
    // Nobody learns it: the demo's own is set below, and would be refused here.
    let password = made_up_password()?;
    let admin = UserForm {
        login: "admin".into(),
        name: "Alena Správná".into(),
        password: password.clone(),
        role: "admin".into(),
    };
    engine::access::users::add(engine, &Actor::System, &admin).await?;
    let mut members = Vec::new();
    for (number, name, login) in [("201", "Jana Nováková", "jana"), ("202", "Petr Svoboda", "petr")] {
        let extension = ExtensionForm {
            number: number.into(),
            name: name.into(),
            login: login.into(),
            password: password.clone(),
            role: "operator".into(),
            ..ExtensionForm::default()
        };
        members.push(
            engine::directory::extensions::create(engine, &Actor::System, &extension)
                .await?
                .to_string(),
        );
    }
    engine::access::users::set_public_password(engine, PASSWORD).await?;
    let queue = QueueForm {
        name: "Podpora".into(),
        members,
        pick_up: "manual".into(),
        ..QueueForm::default()
    };
    Ok(engine::directory::queues::create(engine, &Actor::System, &queue).await?)
}

async fn channel(engine: &Engine, queue: QueueId) -> anyhow::Result<ChannelView> {
    let authentication = AuthenticationForm {
        name: "Podpora WhatsApp".into(),
        access_token: ACCESS_TOKEN.into(),
        app_secret: APP_SECRET.into(),
        ..AuthenticationForm::default()
    };
    let messaging = MessagingForm {
        phone_number: PHONE_NUMBER.into(),
        phone_number_id: PHONE_NUMBER_ID.into(),
        waba_id: WABA_ID.into(),
        destination: Destination::Queue(queue).to_string(),
        ..MessagingForm::default()
    };
    Ok(engine::channels::create(engine, &Actor::System, &authentication, &messaging).await?)
}

fn welcome(console: &Url, phone: &Url) -> String {
    format!(
        "
  Switchboard, with a simulated WhatsApp

    Console            {console}
    Customer's phone   {phone}

    Log in as   admin   administrator
                jana    operator, extension 201
                petr    operator, extension 202
    Password    {PASSWORD}   (everybody's)

    A customer waits in the queue Podpora: log in as jana, pick the session up and answer.
    Ctrl+C ends the demo and removes its data.
"
    )
}
