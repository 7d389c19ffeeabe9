//! `switchboard export`: what is stored as a file for `switchboard apply`. Secrets stay where they are.

use super::{stored::Stored, thing::Thing};
use engine::Engine;
use std::{collections::HashSet, fmt::Write as _};

const HEAD: &str = "# Written by `switchboard export`. Secrets are not in it: where they are needed, remove the # before their
# lines and set the variables, or name files: { file = \"path\" }. But addresses of webhooks may hold some: look at them
# before others may read this file. A variable with a number at its end may be another's in the next export.\n";

/// The file that is written.
#[derive(Default)]
struct Export {
    text: String,
    /// Tables and the keys of what is in them.
    keys: HashSet<(&'static str, String)>,
    /// Names of variables, each for one secret.
    variables: HashSet<String>,
}

/// The file, as TOML.
///
/// # Errors
/// The database does not answer.
pub async fn export(engine: &Engine) -> anyhow::Result<String> {
    let stored = Stored::read(engine).await?;
    let mut file = Export {
        text: HEAD.to_owned(),
        ..Export::default()
    };
    for (_, extension) in &stored.extensions {
        let secrets: &[&str] = if extension.login.is_some() {
            &["password"]
        } else {
            &[]
        };
        file.add(extension, secrets)?;
    }
    for (_, queue) in &stored.queues {
        file.add(queue, &[])?;
    }
    for (_, channel) in &stored.channels {
        file.add(channel, &["access_token", "app_secret"])?;
    }
    for (_, webhook) in &stored.webhooks {
        file.add(webhook, &["secret"])?;
    }
    for (_, token) in stored.tokens.iter().filter(|(_, token)| !token.expired) {
        file.add(token, &["token"])?;
    }
    Ok(file.text)
}

/// What stands above a thing whose key another one has: `apply` takes each key once.
fn again<T: Thing>() -> String {
    let (kind, key) = (T::KIND, T::KEY);
    format!(
        "Another {kind} has this {key}. Here both stay; elsewhere give this one another {key}, and remove the # before its lines."
    )
}

impl Export {
    fn add<T: Thing>(&mut self, thing: &T, secrets: &[&str]) -> anyhow::Result<()> {
        let mut text = format!("[[{}]]\n{}", T::TABLE, toml::to_string(thing)?);
        for secret in secrets {
            let variable = self.variable::<T>(thing.key(), secret);
            writeln!(text, "# {secret} = {{ env = \"{variable}\" }}")?;
        }
        if self.keys.insert((T::TABLE, thing.key().to_owned())) {
            write!(self.text, "\n{text}")?;
        } else {
            writeln!(self.text, "\n# {}", again::<T>())?;
            for line in text.lines() {
                writeln!(self.text, "# {line}")?;
            }
        }
        Ok(())
    }

    /// Two keys may be spelled alike there: `Čáp` and `Řáp`.
    fn variable<T: Thing>(&mut self, key: &str, secret: &str) -> String {
        let name = format!("{}_{key}_{secret}", T::KIND).to_uppercase();
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let mut variable = name.clone();
        for n in 2.. {
            if self.variables.insert(variable.clone()) {
                break;
            }
            variable = format!("{name}_{n}");
        }
        variable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::provision::file::Token;

    #[test]
    fn each_secret_has_a_variable_of_its_own() {
        let mut file = Export::default();
        for name in ["A b", "A-b", "Čáp", "Řáp"] {
            let token = Token {
                name: name.to_owned(),
                ..Token::default()
            };
            file.add(&token, &["token"]).unwrap();
        }
        for variable in [
            "TOKEN_A_B_TOKEN",
            "TOKEN_A_B_TOKEN_2",
            "TOKEN___P_TOKEN",
            "TOKEN___P_TOKEN_2",
        ] {
            let line = format!("# token = {{ env = \"{variable}\" }}\n");
            assert!(file.text.contains(&line), "{line}: {}", file.text);
        }
    }
}
