//! A small country database in MaxMind's format, <https://maxmind.github.io/MaxMind-DB/>: a binary tree over an
//! address's bits that leads to records. IPv4 addresses are stored as `::a.b.c.d`.

use ipnet::IpNet;
use std::net::IpAddr;

/// The world of the stories: Czechia, Germany and Slovakia have addresses reserved for documentation, one network
/// belongs to no country, and everything else, WhatsApp's servers included, is in the United States (IPv4) or
/// Ireland (IPv6).
pub const WORLD: [(&str, &str); 6] = [
    ("0.0.0.0/0", "US"),
    ("2000::/3", "IE"),
    ("203.0.113.0/24", "CZ"),
    ("198.51.100.0/24", "DE"),
    ("2001:db8::/32", "SK"),
    ("192.0.2.0/24", ""),
];

const RECORD: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Nothing,
    Node(usize),
    Record(usize),
}

/// A database of these networks; later ones override earlier ones. The country is at `country.iso_code`.
pub fn countries(networks: &[(&str, &str)]) -> Vec<u8> {
    let record = |code: &str| map(&[("country", map(&[("iso_code", text(code))]))]);
    database("Story-Country", networks, record)
}

/// A database of these networks whose records have another structure.
pub fn providers(networks: &[(&str, &str)]) -> Vec<u8> {
    let record = |name: &str| map(&[("autonomous_system_organization", text(name))]);
    database("Story-ASN", networks, record)
}

/// A database in which both branches of every node lead to the next node: more paths than any reader can walk. At the
/// end there is a country, or nothing.
pub fn shared(nodes: usize, end: &str) -> Vec<u8> {
    let last = if end.is_empty() {
        Next::Nothing
    } else {
        Next::Record(0)
    };
    let node = |n| if n < nodes { Next::Node(n) } else { last };
    let tree: Vec<_> = (1..=nodes).map(|n| [node(n); 2]).collect();
    let record = map(&[("country", map(&[("iso_code", text(end))]))]);
    file("Story-Shared", &tree, &record)
}

fn database(kind: &str, networks: &[(&str, &str)], record: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
    let mut tree = vec![[Next::Nothing; 2]];
    let mut records = Vec::new();
    for (network, value) in networks {
        let next = match *value {
            "" => Next::Nothing,
            value => {
                let place = records.len();
                records.extend(record(value));
                Next::Record(place)
            }
        };
        insert(&mut tree, network.parse().expect("a network"), next);
    }
    file(kind, &tree, &records)
}

fn file(kind: &str, tree: &[[Next; 2]], records: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    for next in tree.iter().flatten() {
        let number = match next {
            Next::Node(node) => *node,
            Next::Nothing => tree.len(),
            Next::Record(place) => tree.len() + 16 + place,
        };
        file.extend(&number.to_be_bytes()[size_of::<usize>() - RECORD..]);
    }
    file.extend([0; 16]);
    file.extend(records);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    file.extend(map(&[
        ("binary_format_major_version", number(5, 2)),
        ("binary_format_minor_version", number(5, 0)),
        ("build_epoch", number(9, 1_793_491_200)),
        ("database_type", text(kind)),
        ("description", map(&[("en", text("made by a story"))])),
        ("ip_version", number(5, 6)),
        ("languages", vec![0, 4]),
        ("node_count", number(6, tree.len())),
        ("record_size", number(5, 8 * RECORD)),
    ]));
    file
}

fn insert(tree: &mut Vec<[Next; 2]>, network: IpNet, end: Next) {
    let (bits, length) = match network.network() {
        IpAddr::V4(ip) => (u128::from(u32::from(ip)), usize::from(network.prefix_len()) + 96),
        IpAddr::V6(ip) => (u128::from(ip), usize::from(network.prefix_len())),
    };
    let mut node = 0;
    for depth in 0..length {
        let side = usize::from(bits >> (127 - depth) & 1 == 1);
        if depth + 1 == length {
            tree[node][side] = end;
            return;
        }
        node = match tree[node][side] {
            Next::Node(next) => next,
            // Splits one network into two.
            whole => {
                tree.push([whole; 2]);
                tree[node][side] = Next::Node(tree.len() - 1);
                tree.len() - 1
            }
        };
    }
}

fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let size = u8::try_from(pairs.len()).expect("a few");
    let pairs = pairs
        .iter()
        .flat_map(|(key, value)| [text(key), value.clone()].concat());
    [7 << 5 | size].into_iter().chain(pairs).collect()
}

fn text(text: &str) -> Vec<u8> {
    let size = u8::try_from(text.len()).expect("short");
    match size {
        0..29 => [&[2 << 5 | size], text.as_bytes()].concat(),
        _ => [&[2 << 5 | 29, size - 29], text.as_bytes()].concat(),
    }
}

/// Of type 5, 6 or 9: 16, 32 or 64 bits.
fn number(kind: u8, number: usize) -> Vec<u8> {
    let bytes = match kind {
        5 => 2,
        _ => 4,
    };
    let end = &number.to_be_bytes()[size_of::<usize>() - usize::from(bytes)..];
    match kind {
        9 => [&[bytes, 2], end].concat(),
        kind => [&[kind << 5 | bytes], end].concat(),
    }
}
