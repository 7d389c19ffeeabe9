// A small country database in MaxMind's format, https://maxmind.github.io/MaxMind-DB/: a tree of bits that leads to
// records. IPv4 only: journeys use no other addresses.

/** Czechia and Germany for two ranges of documentation addresses, and the United States everywhere else. */
const WORLD: [network: string, country: string][] = [
  ['0.0.0.0/0', 'US'],
  ['203.0.113.0/24', 'CZ'],
  ['198.51.100.0/24', 'DE'],
];

export const CZECH = '203.0.113.7';
export const GERMAN = '198.51.100.7';
export const AMERICAN = '31.13.24.1';

type Next = { node: number } | { record: number };

export function countryDatabase(networks = WORLD): Buffer {
  const tree: [Next, Next][] = [];
  const records: Buffer[] = [];
  let size = 0;
  for (const [network, country] of networks) {
    const record = map({ country: map({ iso_code: text(country) }) });
    insert(tree, network, { record: size });
    records.push(record);
    size += record.length;
  }
  const numberOf = (next: Next) => ('node' in next ? next.node : tree.length + 16 + next.record);
  const nodes = tree.flat().map((next) => bytes(numberOf(next), 3));
  const metadata = map({
    binary_format_major_version: number(5, 2),
    binary_format_minor_version: number(5, 0),
    build_epoch: Buffer.concat([Buffer.from([4, 2]), bytes(1_793_491_200, 4)]),
    database_type: text('Journey-Country'),
    description: map({ en: text('made by a journey') }),
    ip_version: number(5, 4),
    languages: Buffer.from([0, 4]),
    node_count: number(6, tree.length),
    record_size: number(5, 24),
  });
  const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
  return Buffer.concat([...nodes, Buffer.alloc(16), ...records, marker, metadata]);
}

/** The first network covers all addresses; each later one is a part of an earlier one. */
function insert(tree: [Next, Next][], network: string, end: Next): void {
  if (tree.length === 0) {
    tree.push([end, end]);
    return;
  }
  const [address = '', length = ''] = network.split('/');
  const bits = address.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0')).join('');
  let node = 0;
  for (let depth = 0; depth < Number(length); depth += 1) {
    const side = bits[depth] === '1' ? 1 : 0;
    const sides = tree[node];
    if (!sides) throw new Error('no such node');
    if (depth + 1 === Number(length)) {
      sides[side] = end;
      return;
    }
    const next = sides[side];
    if ('node' in next) {
      node = next.node;
    } else {
      sides[side] = { node: tree.length };
      node = tree.push([next, next]) - 1;
    }
  }
}

function map(pairs: Record<string, Buffer>): Buffer {
  const entries = Object.entries(pairs);
  return Buffer.concat([Buffer.from([(7 << 5) | entries.length]), ...entries.flatMap(([key, value]) => [text(key), value])]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([(2 << 5) | value.length]), Buffer.from(value, 'latin1')]);
}

/** Of type 5 or 6: 16 or 32 bits. */
function number(type: 5 | 6, value: number): Buffer {
  const length = type === 5 ? 2 : 4;
  return Buffer.concat([Buffer.from([(type << 5) | length]), bytes(value, length)]);
}

function bytes(value: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  buffer.writeUIntBE(value, 0, length);
  return buffer;
}
