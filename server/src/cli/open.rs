//! Opens the engine for a command.

use crate::{
    application::{engine_config, install_crypto, url_of},
    settings::Settings,
};
use engine::{Clock, Engine, Purpose};

pub(super) async fn open(settings: &Settings) -> anyhow::Result<Engine> {
    open_for(settings, Purpose::Command).await
}

pub(super) async fn open_for(settings: &Settings, purpose: Purpose) -> anyhow::Result<Engine> {
    install_crypto();
    // The same default as `serve`.
    let public_url = settings.http.public_url.clone();
    let public_url = public_url.unwrap_or_else(|| url_of(settings.http.listen));
    let config = engine_config(settings, purpose, public_url, Clock::system());
    Ok(Engine::open(config).await?)
}
