//! A country database in MaxMind's format: <https://maxmind.github.io/MaxMind-DB/>. It is judged by what it holds and
//! not by its name: several publish such files.

use super::meta;
use domain::{
    countries::{Country, DatabaseView, Unfit, Whereabouts},
    time::Timestamp,
};
use ipnetwork::IpNetwork;
use maxminddb::{MaxMindDbError, PathElement, Reader, WithinOptions};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    net::IpAddr,
};

/// Where in a record the country is.
const ISO_CODE: [PathElement<'static>; 2] = [PathElement::Key("country"), PathElement::Key("iso_code")];
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZIP: &[u8] = b"PK";
/// Networks that are looked at in one range of WhatsApp's.
const RANGE_MOST: usize = 100_000;

/// A database that has been looked through from one end to the other.
#[derive(Debug)]
pub(super) struct CountryDatabase {
    reader: Reader<Vec<u8>>,
    countries: BTreeSet<Country>,
    /// Of WhatsApp's servers, each place once.
    meta: Vec<Whereabouts>,
}

/// A country; none: not in the database.
type Place = Option<Country>;

/// Finds out whether this is a country database. The bytes come back, to be kept.
pub(super) async fn examine(bytes: Vec<u8>) -> Result<(CountryDatabase, Vec<u8>), Unfit> {
    let work = move || {
        let database = CountryDatabase::of(bytes.clone())?;
        Ok((database, bytes))
    };
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(Unfit::Unreadable))
}

impl CountryDatabase {
    fn of(bytes: Vec<u8>) -> Result<Self, Unfit> {
        match bytes.as_slice() {
            [] => return Err(Unfit::Missing),
            packed if packed.starts_with(GZIP) || packed.starts_with(ZIP) => return Err(Unfit::Packed),
            _ => {}
        }
        let unreadable = |error: MaxMindDbError| {
            tracing::warn!(%error, "a file is not a country database");
            Unfit::Unreadable
        };
        let reader = Reader::from_source(bytes).map_err(unreadable)?;
        let countries = countries(&reader).map_err(unreadable)?;
        if countries.is_empty() {
            return Err(Unfit::NoCountries);
        }
        let mut database = Self {
            reader,
            countries,
            meta: Vec::new(),
        };
        let places: BTreeSet<Place> = meta::ranges().map(|range| database.mostly(range)).collect();
        database.meta = places.into_iter().map(whereabouts).collect();
        Ok(database)
    }

    pub(super) fn whereabouts(&self, address: IpAddr) -> Whereabouts {
        let found = self.reader.lookup(address.to_canonical());
        // What cannot be read is as good as not there.
        let code = found.and_then(|found| found.decode_path::<&str>(&ISO_CODE));
        whereabouts(code.ok().flatten().and_then(|code| code.parse().ok()))
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

    /// Where the most addresses of a range are. Databases place small parts of Meta's ranges all over the world, at
    /// the edges that serve browsers; what calls us stands in the data centres that have the rest.
    fn mostly(&self, range: IpNetwork) -> Place {
        let Ok(networks) = self.reader.within(range, WithinOptions::default()) else {
            return None;
        };
        let mut sizes: BTreeMap<Country, f64> = BTreeMap::new();
        for found in networks.take(RANGE_MOST).flatten() {
            let code = found.decode_path::<&str>(&ISO_CODE).ok().flatten();
            let (Some(country), Ok(network)) = (code.and_then(|code| code.parse().ok()), found.network())
            else {
                continue;
            };
            *sizes.entry(country).or_default() += (-f64::from(network.prefix())).exp2();
        }
        let largest = sizes
            .into_iter()
            .max_by(|(_, one), (_, other)| one.total_cmp(other));
        largest.map(|(country, _)| country)
    }
}

fn whereabouts(place: Place) -> Whereabouts {
    place.map_or(Whereabouts::Unknown, |country| Whereabouts::In { country })
}

/// Every country that a record names. Goes over the whole tree, so that a damaged one is found out here.
fn countries(reader: &Reader<Vec<u8>>) -> Result<BTreeSet<Country>, MaxMindDbError> {
    let (mut countries, mut seen) = (BTreeSet::new(), HashSet::new());
    // A tree of N nodes has N + 1 ends, some more when branches are shared; one that has many more has no end.
    let most = usize::try_from(reader.metadata().node_count)
        .unwrap_or(usize::MAX)
        .saturating_mul(3);
    for (count, found) in reader.networks(WithinOptions::default())?.enumerate() {
        let found = found?;
        if count >= most {
            return Err(MaxMindDbError::invalid_database("the tree has no end"));
        }
        if found.offset().is_some_and(|offset| seen.insert(offset))
            && let Some(code) = found.decode_path::<&str>(&ISO_CODE)?
            && let Ok(country) = code.parse()
        {
            countries.insert(country);
        }
    }
    Ok(countries)
}
