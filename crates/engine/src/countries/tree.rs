//! The search tree of a country database, <https://maxmind.github.io/MaxMind-DB/>: nodes of two branches, one for each
//! value of the next bit of an address. A branch leads to another node, to a record, or nowhere.
//!
//! Branches may share nodes, and databases do so: IPv4 addresses are at several places. So even a small tree may have
//! more paths than can be walked. Each node is visited once, and the time is limited, because a stranger made the file.

use maxminddb::Metadata;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Instant,
};

/// Nodes between two checks of the time.
const LOOK_EVERY: usize = 1024;

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Broken(pub(super) &'static str);

/// The tree's bytes, as its head describes them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tree<'a> {
    bytes: &'a [u8],
    nodes: usize,
    record_size: usize,
    /// Bits of an address.
    depth: u8,
}

/// A record, and one of the networks whose addresses lead to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) record: usize,
    pub(super) address: IpAddr,
    pub(super) prefix: u8,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    node: usize,
    /// The bits that led here, from the highest on.
    path: u128,
    depth: u8,
    /// Whether both of its branches have been walked.
    done: bool,
}

impl<'a> Tree<'a> {
    pub(super) fn new(bytes: &'a [u8], head: &Metadata) -> Self {
        Self {
            bytes,
            nodes: usize::try_from(head.node_count).unwrap_or(usize::MAX),
            record_size: usize::from(head.record_size),
            depth: if head.ip_version == 6 { 128 } else { 32 },
        }
    }

    /// Calls `found` with every record under a network, once per node.
    ///
    /// # Errors
    /// The tree leads out of the file, runs in a circle, is deeper than an address has bits, or the time is past
    /// `until`; or the error of `found`.
    pub(super) fn walk(
        self,
        network: IpAddr,
        prefix: u8,
        until: Instant,
        mut found: impl FnMut(End) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        let Some((path, depth)) = self.bits(network, prefix) else {
            return Ok(());
        };
        let mut start = 0;
        for level in 0..depth {
            match self.branch(start, bit(path, level))? {
                next if next < self.nodes => start = next,
                // A record of a larger network covers the whole network.
                end if end > self.nodes => return found(self.end(end, path, level + 1)),
                _ => return Ok(()),
            }
        }

        let mut seen = vec![Seen::Not; self.nodes];
        let first = Step {
            node: start,
            path,
            depth,
            done: false,
        };
        let (mut stack, mut count) = (vec![first], 0_usize);
        while let Some(step) = stack.pop() {
            if step.done {
                seen[step.node] = Seen::Whole;
                continue;
            }
            match seen[step.node] {
                Seen::Not => {}
                Seen::Above => return Err(Broken("the tree runs in a circle")),
                Seen::Whole => continue,
            }
            if step.depth >= self.depth {
                return Err(Broken("the tree is deeper than an address has bits"));
            }
            count += 1;
            if count.is_multiple_of(LOOK_EVERY) && Instant::now() >= until {
                return Err(Broken("to look through the tree takes too long"));
            }
            seen[step.node] = Seen::Above;
            stack.push(Step { done: true, ..step });
            for side in [false, true] {
                let path = step.path | (u128::from(side) << (127 - step.depth));
                match self.branch(step.node, side)? {
                    node if node < self.nodes => stack.push(Step {
                        node,
                        path,
                        depth: step.depth + 1,
                        done: false,
                    }),
                    end if end > self.nodes => found(self.end(end, path, step.depth + 1))?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// A network as this tree stores it: a tree of IPv6 has IPv4 as `::a.b.c.d`.
    fn bits(self, network: IpAddr, prefix: u8) -> Option<(u128, u8)> {
        match (network, self.depth) {
            (IpAddr::V4(ip), 32) => Some((u128::from(u32::from(ip)) << 96, prefix)),
            (IpAddr::V4(ip), _) => Some((u128::from(u32::from(ip)), prefix + 96)),
            (IpAddr::V6(ip), 128) => Some((u128::from(ip), prefix)),
            (IpAddr::V6(_), _) => None,
        }
    }

    fn end(self, record: usize, path: u128, prefix: u8) -> End {
        let address = match self.depth {
            32 => {
                // Only the upper 32 bits are used.
                let bits = u32::try_from(path >> 96).unwrap_or_default();
                IpAddr::V4(Ipv4Addr::from(bits))
            }
            _ => IpAddr::V6(Ipv6Addr::from(path)),
        };
        End {
            record,
            address,
            prefix,
        }
    }

    /// Where a branch of a node leads: to a node below `nodes`, nowhere at `nodes`, to a record above.
    fn branch(self, node: usize, right: bool) -> Result<usize, Broken> {
        let size = self.record_size / 4;
        let node = node
            .checked_mul(size)
            .and_then(|at| self.bytes.get(at..at.checked_add(size)?));
        let node = node.ok_or(Broken("the tree leads out of the file"))?;
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0, |so_far, byte| so_far << 8 | usize::from(*byte))
        };
        Ok(match (self.record_size, right) {
            (28, false) => usize::from(node[3] >> 4) << 24 | number(&node[..3]),
            (28, true) => usize::from(node[3] & 0xf) << 24 | number(&node[4..]),
            (_, false) => number(&node[..size / 2]),
            (_, true) => number(&node[size / 2..]),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Not,
    /// Its branches are being walked: a branch that leads here again closes a circle.
    Above,
    Whole,
}

fn bit(path: u128, level: u8) -> bool {
    path >> (127 - level) & 1 == 1
}
