//! The small fictitious world that the binary starts with. Its numbers are from ranges that are reserved for fiction or
//! never assigned.

use secrecy::SecretString;

use crate::simulator::Simulator;
use crate::world::{AppSpec, CustomerSpec, NumberSpec, TokenState};

/// The ids and tokens of the example world.
#[derive(Debug, Clone)]
pub struct ExampleWorld {
    pub app_id: String,
    pub app_secret: SecretString,
    pub waba_id: String,
    pub phone_number_id: String,
    pub token: SecretString,
}

impl Simulator {
    /// Adds one app, one number, one token and three customers: one with a number, one with a number and a BSUID, one
    /// with only a username.
    pub fn add_example_world(&self) -> ExampleWorld {
        let world = ExampleWorld {
            app_id: "100000000000001".into(),
            app_secret: "0123456789abcdef0123456789abcdef".into(),
            waba_id: "200000000000001".into(),
            phone_number_id: "300000000000001".into(),
            token: "EAAGexampletoken".into(),
        };
        self.add_app(AppSpec {
            id: world.app_id.clone(),
            secret: world.app_secret.clone(),
        });
        self.add_number(NumberSpec {
            phone_number_id: world.phone_number_id.clone(),
            waba_id: world.waba_id.clone(),
            display_phone_number: "+420 800 555 010".into(),
            verified_name: "Příklad s.r.o.".into(),
            app_id: world.app_id.clone(),
        });
        self.add_token("EAAGexampletoken", TokenState::Valid);
        let customer = |name: &str, wa_id: Option<&str>, bsuid: Option<&str>, username: Option<&str>| {
            self.add_customer(CustomerSpec {
                name: name.into(),
                wa_id: wa_id.map(Into::into),
                bsuid: bsuid.map(Into::into),
                username: username.map(Into::into),
            })
        };
        customer("Jana Nováková", Some("420800555101"), None, None);
        customer(
            "Petr Svoboda",
            Some("420800555102"),
            Some("CZ.40028922077316050001"),
            None,
        );
        customer("Eva", None, Some("CZ.40028922077316050002"), Some("eva.kresli"));
        world
    }
}
