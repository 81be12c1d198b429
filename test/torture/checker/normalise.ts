/** What differs between two looks though nobody left anything: each with the reason why it may. */

export interface Allowed {
  /** Sections that it is about. */
  readonly sections: RegExp;
  readonly pattern: RegExp;
  readonly becomes: string;
  readonly because: string;
}

export const ALLOWED: readonly Allowed[] = [
  {
    sections: /: rules IPv/,
    pattern: /^#(?! Table).*$/,
    becomes: '',
    because: 'iptables-save writes the time of its reading',
  },
  { sections: /: (rules IPv|nftables)/, pattern: /\[\d+:\d+\]|packets \d+ bytes \d+/, becomes: '', because: 'counters count' },
  {
    sections: /: (rules IPv|nftables)/,
    pattern: /127\.0\.0\.11:\d+|(?:--sport|[ut][dc]p sport|sport) \d{5}\b/,
    becomes: '127.0.0.11:PORT',
    because: 'the engine gives its name server a fresh port at each start of a container',
  },
  {
    sections: /: sockets/,
    pattern: /0B00007F port \d+/,
    becomes: '127.0.0.11 PORT',
    because: 'the engine gives its name server a fresh port at each start of a container',
  },
  {
    sections: /: (configuration|networks)/,
    pattern: /\b[0-9a-f]{64}\b|"[0-9a-f]{12}"/,
    becomes: 'ID',
    because: 'a container that was removed and made again has another id',
  },
  {
    sections: /: files on mounts/,
    pattern: /(?<=^\/etc\/host(?:s|name) .*)\b[0-9a-f]{12}\b/,
    becomes: 'ID',
    because: 'a host name that nobody chose is the container’s id',
  },
  {
    sections: /: (links|addresses|routes)/,
    pattern: /\bqlen \d+|^\d+: |@if\d+|link-netnsid \d+|link\/ether \S+|dynamic|expires \d+sec|valid_lft \S+ preferred_lft \S+/,
    becomes: '',
    because: 'interfaces are numbered in the order of their making, and get a hardware address and lifetimes at it',
  },
  {
    sections: /: (links|addresses|routes|queueing|network settings)/,
    pattern: /veth[0-9a-f]{7}/,
    becomes: 'VETH',
    because: 'the engine gives the host’s end of a container’s cable a random name at each start',
  },
  {
    sections: /: (links|addresses|routes|queueing|network settings)/,
    pattern: /\beth\d+\b/,
    becomes: 'ETH',
    because: 'the engine gives an interface the next number, not its old one, when a running container is connected to a network again',
  },
  {
    sections: /: (addresses|routes)/,
    pattern: /fe80::[0-9a-f:]+/,
    becomes: 'LINK-LOCAL',
    because: 'it is made of the hardware address',
  },
  {
    sections: /: routes/,
    pattern: / dead linkdown| linkdown/,
    becomes: '',
    because: 'a bridge without a running container is down; the state of containers is compared by itself',
  },
  {
    sections: /: links/,
    pattern: /state (?:UP|DOWN|UNKNOWN|LOWERLAYERDOWN)|NO-CARRIER,|,LOWER_UP|,M-DOWN|mode \S+ group \S+/,
    becomes: '',
    because: 'a bridge without a running container is down; the state of containers is compared by itself',
  },
  {
    sections: /: processes/,
    pattern:
      /^postgres: (?:autovacuum worker|walsender|walreceiver|checkpointer|startup|background writer|walwriter|logical replication).*$/,
    becomes: '',
    because: 'a database starts and ends processes of its own, and tells its position in their titles',
  },
  {
    sections: /: network settings/,
    pattern: /^.*(tcp_fastopen_key|stable_secret|tcp_available_ulp|tcp_(r|w)?mem|tcp_mem).*$/,
    becomes: '',
    because: 'the kernel draws and tunes them by itself',
  },
  {
    sections: /: queueing/,
    pattern: /qdisc (\S+) \S+: /,
    becomes: 'qdisc $1: ',
    because: 'the kernel numbers the disciplines that it makes itself',
  },
];

/**
 * Tables and their hooks without a rule and with every policy at its default: the first rule ever set makes them, they stay, and do
 * nothing.
 */
const EMPTY_SAVED_TABLE = /\*\w+\n(?::\S+ ACCEPT ?\n)*COMMIT\n/g;
const EMPTY_NFT_HOOK = /\tchain \S+ \{\n\t\ttype [^\n]+policy accept;\n\t\}\n/g;
const EMPTY_NFT_TABLE = /table \S+ \S+ \{\n\}\n/g;

/** The lines of a section without what may differ. Lines that come to nothing are left out. */
export function normalise(section: string, lines: readonly string[]): readonly string[] {
  const cleaned = clean(section, lines);
  // On the host they are in the order in which containers and networks were started; inside a container their order is theirs.
  return section.startsWith('host: ') ? cleaned.toSorted() : cleaned;
}

function clean(section: string, lines: readonly string[]): readonly string[] {
  const allowed = ALLOWED.filter((each) => each.sections.test(section));
  const cleaned = lines
    .map((line) => allowed.reduce((text, each) => text.replaceAll(new RegExp(each.pattern, 'g'), each.becomes), line).trimEnd())
    .filter((line) => line.trim() !== '');
  const text = cleaned.map((line) => `${line}\n`).join('');
  if (/: rules IPv/.test(section)) return split(text.replaceAll(EMPTY_SAVED_TABLE, ''));
  if (/: nftables/.test(section)) return split(text.replaceAll(EMPTY_NFT_HOOK, '').replaceAll(EMPTY_NFT_TABLE, ''));
  return cleaned;
}

function split(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
