//! `switchboard export`: what is stored as a file for `switchboard apply`. Secrets stay where they are.

use super::{stored::Stored, thing::Thing};
use engine::Engine;
use std::fmt::Write as _;

const HEAD: &str = "# Written by `switchboard export`. Secrets are not in it: where they are needed, remove the # before their
# lines and set the variables, or name files: { file = \"path\" }.\n";

/// The file, as TOML.
///
/// # Errors
/// The database does not answer.
pub async fn export(engine: &Engine) -> anyhow::Result<String> {
    let stored = Stored::read(engine).await?;
    let mut text = HEAD.to_owned();
    for (_, extension) in &stored.extensions {
        let secrets: &[&str] = if extension.login.is_some() {
            &["password"]
        } else {
            &[]
        };
        add(&mut text, extension, secrets)?;
    }
    for (_, queue) in &stored.queues {
        add(&mut text, queue, &[])?;
    }
    for (_, channel) in &stored.channels {
        add(&mut text, channel, &["access_token", "app_secret"])?;
    }
    for (_, webhook) in &stored.webhooks {
        add(&mut text, webhook, &["secret"])?;
    }
    for (_, token) in &stored.tokens {
        add(&mut text, token, &["token"])?;
    }
    Ok(text)
}

fn add<T: Thing>(text: &mut String, thing: &T, secrets: &[&str]) -> anyhow::Result<()> {
    write!(text, "\n[[{}]]\n{}", T::TABLE, toml::to_string(thing)?)?;
    for secret in secrets {
        let name = format!("{}_{}_{secret}", T::KIND, thing.key()).to_uppercase();
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        writeln!(text, "# {secret} = {{ env = \"{name}\" }}")?;
    }
    Ok(())
}
