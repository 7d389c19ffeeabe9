//! A country database in MaxMind's format: <https://maxmind.github.io/MaxMind-DB/>. A file is judged by its content and
//! not by its name, because several publishers offer such files.

use super::{
    meta,
    tree::{Broken, Tree},
};
use bytes::Bytes;
use domain::{
    countries::{Country, DatabaseView, Unfit, Whereabouts},
    time::Timestamp,
};
use ipnetwork::IpNetwork;
use maxminddb::{MaxMindDbError, PathElement, Reader};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::{IpAddr, Ipv6Addr},
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// The place of the country in a record.
const ISO_CODE: [PathElement<'static>; 2] = [PathElement::Key("country"), PathElement::Key("iso_code")];
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZIP: &[u8] = b"PK";
/// How long the examination of a file may take. The largest databases of countries take less than a second.
const EXAMINED_WITHIN: Duration = Duration::from_secs(10);

/// A database whose whole tree has been examined.
#[derive(Debug)]
pub(super) struct CountryDatabase {
    reader: Reader<Bytes>,
    countries: BTreeSet<Country>,
    /// Where WhatsApp's servers are, each place once.
    meta: Vec<Whereabouts>,
}

/// A country; `None`: not in the database.
type Place = Option<Country>;

/// Finds out whether this is a country database.
pub(super) async fn examine(bytes: Bytes) -> Result<CountryDatabase, Unfit> {
    let work = move || CountryDatabase::of(bytes, Instant::now() + EXAMINED_WITHIN);
    // The work checks the time only between nodes; this timeout covers a single node that takes too long.
    let examined = timeout(EXAMINED_WITHIN * 2, tokio::task::spawn_blocking(work)).await;
    examined.ok().and_then(Result::ok).unwrap_or_else(|| {
        tracing::warn!("a file is not a country database: its examination takes too long");
        Err(Unfit::Unreadable)
    })
}

impl CountryDatabase {
    fn of(bytes: Bytes, until: Instant) -> Result<Self, Unfit> {
        match &bytes[..] {
            [] => return Err(Unfit::Missing),
            packed if packed.starts_with(GZIP) || packed.starts_with(ZIP) => return Err(Unfit::Packed),
            _ => {}
        }
        let reader = Reader::from_source(bytes.clone()).map_err(|error| unreadable(&error))?;
        let tree = Tree::new(&bytes, reader.metadata());
        let places = places(&reader, tree, until).map_err(|error| unreadable(&error))?;
        let countries: BTreeSet<Country> = places.values().copied().flatten().collect();
        if countries.is_empty() {
            return Err(Unfit::NoCountries);
        }
        let mut at_meta = BTreeSet::new();
        for range in meta::ranges() {
            at_meta.insert(mostly(tree, &places, range, until).map_err(|error| unreadable(&error))?);
        }
        Ok(Self {
            meta: at_meta.into_iter().map(whereabouts).collect(),
            reader,
            countries,
        })
    }

    pub(super) fn whereabouts(&self, address: IpAddr) -> Whereabouts {
        // A record that cannot be read counts as missing.
        whereabouts(place(&self.reader, address.to_canonical()).ok().flatten())
    }

    /// Where WhatsApp's servers are.
    pub(super) fn meta(&self) -> &[Whereabouts] {
        &self.meta
    }

    pub(super) fn view(&self) -> DatabaseView {
        let metadata = self.reader.metadata();
        DatabaseView {
            kind: metadata.database_type.clone(),
            built_at: Timestamp::from_seconds(i64::try_from(metadata.build_epoch).unwrap_or(0)),
            nodes: metadata.node_count,
            countries: self.countries.clone(),
        }
    }
}

fn unreadable(error: &dyn std::error::Error) -> Unfit {
    tracing::warn!(%error, "a file is not a country database");
    Unfit::Unreadable
}

/// Where most addresses of a range are. Databases place small parts of Meta's ranges all over the world, at the edges
/// that serve browsers; the servers that call webhooks are in the data centres, which have the rest.
fn mostly(
    tree: Tree<'_>,
    places: &HashMap<usize, Place>,
    range: IpNetwork,
    until: Instant,
) -> Result<Place, Broken> {
    let mut sizes: BTreeMap<Country, f64> = BTreeMap::new();
    tree.walk(range.ip(), range.prefix(), until, |end| {
        if let Some(country) = places.get(&end.record).copied().flatten() {
            *sizes.entry(country).or_default() += (-f64::from(end.prefix)).exp2();
        }
        Ok(())
    })?;
    let largest = sizes
        .into_iter()
        .max_by(|(_, one), (_, other)| one.total_cmp(other));
    Ok(largest.map(|(country, _)| country))
}

fn whereabouts(place: Place) -> Whereabouts {
    place.map_or(Whereabouts::Unknown, |country| Whereabouts::In { country })
}

/// The country of every record. Walks the whole tree, so that damage is found here.
fn places(reader: &Reader<Bytes>, tree: Tree<'_>, until: Instant) -> Result<HashMap<usize, Place>, Broken> {
    let mut places = HashMap::new();
    let everything = match reader.metadata().ip_version {
        6 => IpAddr::from(Ipv6Addr::UNSPECIFIED),
        _ => IpAddr::from([0, 0, 0, 0]),
    };
    tree.walk(everything, 0, until, |end| {
        if places.contains_key(&end.record) {
            return Ok(());
        }
        if Instant::now() >= until {
            return Err(Broken("to read the records takes too long"));
        }
        let place = place(reader, end.address).map_err(|error| {
            tracing::debug!(%error, "a record");
            Broken("a record cannot be read")
        })?;
        places.insert(end.record, place);
        Ok(())
    })?;
    Ok(places)
}

fn place(reader: &Reader<Bytes>, address: IpAddr) -> Result<Place, MaxMindDbError> {
    let code = reader.lookup(address)?.decode_path::<&str>(&ISO_CODE)?;
    Ok(code.and_then(|code| code.parse().ok()))
}
