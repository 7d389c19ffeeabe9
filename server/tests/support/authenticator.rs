//! A device or security key of somebody, together with the browser that asks it: <https://www.w3.org/TR/webauthn-3/>.
//! It holds one passkey, and misbehaves if it is told to.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use p256::{
    SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer as _},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What is wrong about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This page has asked.
    OtherOrigin(&'static str),
    OtherChallenge,
    /// A new passkey instead of a signature, or the other way round.
    OtherType,
    /// It is for another site's name.
    OtherSite,
    /// Nobody touched the device.
    NotPresent,
    /// The device asked for no finger, face or PIN.
    NotVerified,
    /// It is in a cloud, though it cannot be.
    NotEligible,
    /// The device counts no further. A new passkey has nothing to count.
    SameCounter,
    /// Another passkey has signed. A new one signs nothing.
    OtherKey,
}

/// <https://www.w3.org/TR/webauthn-3/#authdata-flags>
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const NEW: u8 = 0x40;

/// Where the flags are in what a device says of itself: after the hash of the site's name.
pub const FLAGS_AT: usize = 32;

/// Of a public key: its kind is an elliptic curve, its algorithm ES256, its curve P-256, and what follows is x.
/// <https://www.rfc-editor.org/rfc/rfc9053#section-7.1>
const KEY: [u8; 8] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
/// What follows is y.
const Y: [u8; 1] = [0x22];

#[derive(Debug, Clone)]
pub struct Authenticator {
    /// Of the page that asks.
    origin: String,
    secret: SecretKey,
    id: Vec<u8>,
    counter: u32,
    /// Its passkey is in a cloud, too: such a passkey counts nothing, and names its user.
    is_synced: bool,
    /// As the site names them.
    user: Value,
}

impl Authenticator {
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            secret: any_key(),
            id: random(32),
            counter: 1,
            is_synced: false,
            user: Value::Null,
        }
    }

    /// One whose passkey is in a cloud, too.
    pub fn synced(origin: &str) -> Self {
        Self {
            counter: 0,
            is_synced: true,
            ..Self::new(origin)
        }
    }

    /// The same with a name of so many bytes for its passkey.
    pub fn with_id_of(self, bytes: usize) -> Self {
        Self {
            id: random(bytes),
            ..self
        }
    }

    /// What its passkey is called.
    pub fn id(&self) -> String {
        BASE64.encode(&self.id)
    }

    /// Makes the passkey. `options`: JSON of `PublicKeyCredentialCreationOptionsJSON`. Returns JSON of a
    /// `RegistrationResponseJSON`.
    pub fn create(&mut self, options: &str) -> String {
        self.made(options, None)
    }

    pub fn create_badly(&mut self, options: &str, fault: Fault) -> String {
        self.made(options, Some(fault))
    }

    /// The same with another attestation object.
    pub fn create_with(&self, options: &str, object: &[u8]) -> String {
        self.attested(&read(options), object, None)
    }

    /// Signs a challenge. `options`: JSON of `PublicKeyCredentialRequestOptionsJSON`. Returns JSON of an
    /// `AuthenticationResponseJSON`.
    pub fn get(&mut self, options: &str) -> String {
        self.signed(options, None)
    }

    pub fn get_badly(&mut self, options: &str, fault: Fault) -> String {
        self.signed(options, Some(fault))
    }

    /// What it says of itself and of a new passkey: <https://www.w3.org/TR/webauthn-3/#sctn-attested-credential-data>
    pub fn data_of_new(&self, options: &str) -> Vec<u8> {
        self.new_data(&read(options), None)
    }

    fn made(&mut self, options: &str, fault: Option<Fault>) -> String {
        let options = read(options);
        self.user = options["user"]["id"].clone();
        let data = self.new_data(&options, fault);
        self.attested(&options, &object("none", &data), fault)
    }

    fn new_data(&self, options: &Value, fault: Option<Fault>) -> Vec<u8> {
        let length = u16::try_from(self.id.len()).expect("a short name").to_be_bytes();
        let model = [0; 16];
        let data = self.data(&options["rp"]["id"], NEW, fault);
        [&data[..], &model, &length, &self.id, &self.public_key()].concat()
    }

    fn attested(&self, options: &Value, object: &[u8], fault: Option<Fault>) -> String {
        let kind = match fault {
            Some(Fault::OtherType) => "webauthn.get",
            _ => "webauthn.create",
        };
        let response = json!({
            "clientDataJSON": BASE64.encode(self.client_data(kind, options, fault)),
            "attestationObject": BASE64.encode(object),
            "transports": ["internal", "hybrid"],
        });
        self.answer(&response, &json!({"credProps": {"rk": self.is_synced}}))
    }

    fn signed(&mut self, options: &str, fault: Option<Fault>) -> String {
        let options = read(options);
        let counts = !self.is_synced && fault != Some(Fault::SameCounter);
        self.counter += u32::from(counts);
        let kind = match fault {
            Some(Fault::OtherType) => "webauthn.create",
            _ => "webauthn.get",
        };
        let client = self.client_data(kind, &options, fault);
        let data = self.data(&options["rpId"], 0, fault);
        let text = [&data[..], &Sha256::digest(client.as_bytes())[..]].concat();
        let key = match fault {
            Some(Fault::OtherKey) => any_key(),
            _ => self.secret.clone(),
        };
        let signature: Signature = SigningKey::from(&key).sign(&text);
        let mut response = json!({
            "clientDataJSON": BASE64.encode(client),
            "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature.to_der().as_bytes()),
        });
        if self.is_synced {
            response["userHandle"] = self.user.clone();
        }
        self.answer(&response, &json!({}))
    }

    fn answer(&self, response: &Value, extensions: &Value) -> String {
        let id = self.id();
        let answer = json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": response,
            "clientExtensionResults": extensions,
        });
        answer.to_string()
    }

    /// What the browser says of the page that asks: <https://www.w3.org/TR/webauthn-3/#dictionary-client-data>
    fn client_data(&self, kind: &str, options: &Value, fault: Option<Fault>) -> String {
        let origin = match fault {
            Some(Fault::OtherOrigin(other)) => other,
            _ => &self.origin,
        };
        let challenge = match fault {
            Some(Fault::OtherChallenge) => json!(BASE64.encode(random(32))),
            _ => options["challenge"].clone(),
        };
        let client = json!({
            "type": kind,
            "challenge": challenge,
            "origin": origin,
            "crossOrigin": false,
        });
        client.to_string()
    }

    /// What the device says of itself: <https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data>
    fn data(&self, site: &Value, also: u8, fault: Option<Fault>) -> Vec<u8> {
        let site = match fault {
            Some(Fault::OtherSite) => "evil.example",
            _ => site.as_str().expect("a site's name"),
        };
        let mut flags = also | PRESENT | VERIFIED;
        if self.is_synced {
            flags |= ELIGIBLE | BACKED_UP;
        }
        match fault {
            Some(Fault::NotPresent) => flags &= !PRESENT,
            Some(Fault::NotVerified) => flags &= !VERIFIED,
            Some(Fault::NotEligible) => flags = (flags & !ELIGIBLE) | BACKED_UP,
            _ => {}
        }
        let hash = Sha256::digest(site.as_bytes());
        [&hash[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    fn public_key(&self) -> Vec<u8> {
        let point = self.secret.public_key().to_sec1_bytes();
        let (x, y) = point[1..].split_at(32);
        [&KEY[..], &bytes(x), &Y, &bytes(y)].concat()
    }
}

/// <https://www.w3.org/TR/webauthn-3/#attestation-object>, as CBOR. `data`: what the device says of itself and of the new
/// passkey.
pub fn object(format: &str, data: &[u8]) -> Vec<u8> {
    [
        head(MAP, 3),
        text("fmt"),
        text(format),
        text("attStmt"),
        head(MAP, 0),
        text("authData"),
        bytes(data),
    ]
    .concat()
}

/// <https://www.rfc-editor.org/rfc/rfc8949#section-3.1>
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const MAP: u8 = 5;

fn bytes(bytes: &[u8]) -> Vec<u8> {
    [&head(BYTES, bytes.len())[..], bytes].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&head(TEXT, text.len())[..], text.as_bytes()].concat()
}

fn head(kind: u8, length: usize) -> Vec<u8> {
    let kind = kind << 5;
    let length = u16::try_from(length).expect("not long");
    match u8::try_from(length) {
        Ok(few @ 0..24) => vec![kind | few],
        Ok(more) => vec![kind | 24, more],
        Err(_) => [&[kind | 25][..], &length.to_be_bytes()].concat(),
    }
}

fn read(options: &str) -> Value {
    serde_json::from_str(options).expect("JSON")
}

fn any_key() -> SecretKey {
    SecretKey::from_slice(&random(32)).expect("a key")
}

fn random(bytes: usize) -> Vec<u8> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).expect("random numbers");
    random
}
