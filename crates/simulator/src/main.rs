//! The simulator as a program, with an example world: for trying Switchboard by hand against a simulated Meta.

mod load;

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use secrecy::ExposeSecret as _;
use simulator::{Options, RetryPlan, Simulator};

/// A stand-in for Meta's WhatsApp Cloud API, with a customer's phone in the browser.
#[derive(Debug, Parser)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:3900")]
    listen: SocketAddr,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure how quickly a running Switchboard accepts and applies messages, compared with a control
    Load(load::Options),
    /// Run only the control: read the body, check the signature, answer 200
    Control(load::control::Options),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    // Fails only if a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    match arguments.command {
        None => serve(arguments.listen).await,
        Some(Command::Load(options)) => load::run(&options).await,
        Some(Command::Control(options)) => load::control::serve(&options).await,
    }
}

async fn serve(listen: SocketAddr) -> anyhow::Result<()> {
    let options = Options {
        listen,
        retry: RetryPlan::patient(),
        ..Options::default()
    };
    let simulator = Simulator::start(options).await?;
    let world = simulator.add_example_world();
    println!("Phone and Graph API  {}", simulator.phone_page());
    println!("App id               {}", world.app_id);
    println!("App secret           {}", world.app_secret.expose_secret());
    println!("WABA id              {}", world.waba_id);
    println!("Phone number id      {}", world.phone_number_id);
    println!("Access token         {}", world.token.expose_secret());
    tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")?;
    simulator.shutdown().await;
    Ok(())
}
