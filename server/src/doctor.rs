//! `switchboard doctor`: the Health tab for a terminal, in plain English, one line per check.

use anyhow::Context as _;
use domain::{
    access::Actor,
    channel::ChannelRow,
    doctor::{Check, Finding, Place, Seen, State},
    time::Timestamp,
};
use engine::{Engine, channels, doctor};

/// Examines one channel (by id or name) or all. Returns false if any check fails or Meta did not answer.
///
/// # Errors
/// There is no such channel, or the database cannot be read.
pub async fn run(engine: &Engine, wanted: Option<&str>) -> anyhow::Result<bool> {
    let channels = channels::list(engine, &Actor::System).await?;
    let chosen: Vec<ChannelRow> = match wanted {
        None => channels,
        Some(wanted) => {
            let fits = |channel: &ChannelRow| channel.id.to_string() == wanted || channel.name == wanted;
            let chosen: Vec<ChannelRow> = channels.into_iter().filter(fits).collect();
            anyhow::ensure!(
                !chosen.is_empty(),
                "there is no channel with the name or id {wanted:?}"
            );
            chosen
        }
    };
    if chosen.is_empty() {
        println!("There is no channel yet.");
    }
    let mut well = true;
    for channel in chosen {
        let findings = doctor::examine(engine, &Actor::System, channel.id)
            .await
            .with_context(|| format!("examining {}", channel.name))?;
        well &= findings.iter().all(is_well);
        println!("{} ({})", channel.name, channel.id);
        for finding in findings {
            println!("  {}", line(&finding));
        }
    }
    Ok(well)
}

/// Meta not answering is no fault of the channel, but it is no proof of health either.
fn is_well(finding: &Finding) -> bool {
    finding.state != State::Bad && !matches!(finding.seen, Seen::MetaUnreachable { .. })
}

fn line(finding: &Finding) -> String {
    format!(
        "{} {:<22} {}",
        mark(finding.state),
        title(finding.check),
        sentence(&finding.seen)
    )
}

fn mark(state: State) -> char {
    match state {
        State::Good => '✓',
        State::Notice => '!',
        State::Bad => '✗',
        State::Unknown => '–',
    }
}

fn title(check: Check) -> &'static str {
    match check {
        Check::PublicUrl => "Public URL",
        Check::Token => "Access token",
        Check::TokenLifetime => "Token lifetime",
        Check::Permissions => "Permissions",
        Check::AppSecret => "App secret",
        Check::Number => "Phone-number ID",
        Check::Registration => "Registration",
        Check::Connection => "Connection",
        Check::Quality => "Quality",
        Check::Throughput => "Throughput",
        Check::Payment => "Payment method",
        Check::WabaSubscription => "WABA subscription",
        Check::MessagesField => "Field messages",
        Check::Callback => "Callback",
        Check::Webhook => "Webhook verified",
        Check::Signature => "Signature",
        Check::LastInbound => "Last inbound",
        Check::LastStatus => "Last status",
        Check::ClockSkew => "Clock",
        Check::Destination => "Destination",
        Check::Countries => "Allowed countries",
        Check::Files => "Files",
    }
}

fn sentence(seen: &Seen) -> String {
    let time = |at: &Timestamp| crate::http::api::time(*at);
    match seen {
        Seen::Fine { what } => what.clone().unwrap_or_else(|| "fine".to_owned()),
        Seen::After { check } => format!("not checked: first fix {:?}", title(*check)),
        Seen::Missing => "not filled in".to_owned(),
        Seen::Never => "has not happened yet".to_owned(),
        Seen::Last { at } => time(at),
        Seen::MetaSays { code, message } => format!("Meta says: ({code}) {message}"),
        Seen::NotHttps { url } => format!("{url} is not https, which Meta demands"),
        Seen::OnlyLocal { url } => format!("{url} is this machine only: Meta cannot call it"),
        Seen::Underscore { host } => format!("the host {host} has an underscore, which Meta does not take"),
        Seen::Unreachable { why } => format!("cannot be reached: {why}"),
        Seen::BadCertificate { why } => format!("the certificate is not accepted: {why}"),
        Seen::NotUs { status } => format!("somebody else answers there, with {status}"),
        Seen::MetaUnreachable { why } => format!("no answer from Meta: {why}"),
        Seen::TokenMalformed => "Meta cannot read the token: copy it again, whole".to_owned(),
        Seen::TokenExpired => "the token has expired: make one of a system user".to_owned(),
        Seen::TokenRevoked => "the token has been revoked: make a new one".to_owned(),
        Seen::TokenExpires { at } => format!("the token expires at {}", time(at)),
        Seen::PermissionsMissing { names } => format!("the token lacks {}", names.join(" and ")),
        Seen::AppSecretWrong => "the app secret is not that of the token's app".to_owned(),
        Seen::AnotherBusiness => "the token is of another business than the number".to_owned(),
        Seen::NumberUnknown => "Meta knows no number with this ID, or the token may not see it".to_owned(),
        Seen::AnotherNumber { number } => format!("the ID is that of {number}"),
        Seen::NotRegistered => "the number is not registered for the Cloud API".to_owned(),
        Seen::NotConnected { status } => format!("the number is {status}"),
        Seen::QualityLow { rating } => format!("the quality rating is {rating}"),
        Seen::PaymentRefused { at } => {
            format!("Meta refused a message for lack of payment at {}", time(at))
        }
        Seen::FilesFailed { way, failed, of } => {
            format!(
                "{failed} of {of} files failed by {} since yesterday",
                way.as_str()
            )
        }
        Seen::WabaUnknown => "the token sees the number, but no WABA with this ID".to_owned(),
        Seen::NumberNotInWaba => "the number does not belong to the WABA with this ID".to_owned(),
        Seen::WabaNotSubscribed => "the app is not subscribed to the WABA: nothing arrives".to_owned(),
        Seen::AppNotSubscribed => "the app has no webhook for WhatsApp".to_owned(),
        Seen::MessagesNotSubscribed { fields } if fields.is_empty() => {
            "the app is subscribed to no field".to_owned()
        }
        Seen::MessagesNotSubscribed { fields } => {
            format!(
                "the app is subscribed to {} and not to messages",
                fields.join(", ")
            )
        }
        Seen::CallbackElsewhere { place, url } => format!("Meta calls {url}, set on {}", level(*place)),
        Seen::CallbackOfKin { channel, url } => {
            format!("Meta calls {url}, the address of the channel {channel:?} of the same app")
        }
        Seen::KinCalled {
            channel,
            delivered_at: Some(at),
        } => format!(
            "messages arrive at the address of the channel {channel:?}, the last at {}",
            time(at)
        ),
        Seen::KinCalled { channel, .. } => {
            format!("Meta calls only the address of the channel {channel:?}; nothing has arrived yet")
        }
        Seen::Settling => "Meta has just verified the address: ask again in a moment".to_owned(),
        Seen::SignaturesWrong { count, last } => {
            format!(
                "{count} deliveries with a wrong signature, the last at {}",
                time(last)
            )
        }
        Seen::ClockWrong { seconds } if *seconds > 0 => {
            format!("this machine is {seconds} s ahead of Meta")
        }
        Seen::ClockWrong { seconds } => format!("this machine is {} s behind Meta", seconds.abs()),
        Seen::DestinationDisabled { fallback: true } => {
            "disabled: new sessions go to the fallback".to_owned()
        }
        Seen::DestinationDisabled { fallback: false } => "disabled, and there is no fallback".to_owned(),
        Seen::DestinationEmpty { fallback: false } => "nobody can log in there".to_owned(),
        Seen::DestinationEmpty { fallback: true } => {
            "disabled, and nobody can log in at the fallback".to_owned()
        }
        Seen::CountriesBlocked { webhooks, files } => {
            let shut_out: Vec<&str> = [(*webhooks, "deliver webhooks"), (*files, "fetch files")]
                .into_iter()
                .filter_map(|(blocked, what)| blocked.then_some(what))
                .collect();
            format!("Meta's servers may not {}", shut_out.join(" or "))
        }
    }
}

fn level(place: Place) -> &'static str {
    match place {
        Place::Number => "the number",
        Place::Waba => "the WABA",
        Place::App => "the app",
    }
}
