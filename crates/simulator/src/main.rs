//! The simulator on its own, with an example world: for trying a console by hand against a pretended Meta.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Parser;
use secrecy::ExposeSecret as _;
use simulator::{Options, RetryPlan, Simulator};

/// A stand-in for Meta's WhatsApp Cloud API, with a customer's phone in the browser.
#[derive(Debug, Parser)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:3900")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let arguments = Arguments::parse();
    let options = Options {
        listen: arguments.listen,
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
