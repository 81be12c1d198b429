/** The engine hands out addresses anew at each start; whose one is stays, and that is what has to be the same. Pure. */
import type { Sections } from './look/asked.ts';

/** Lines with the owner in the place of each address; `addresses` says whose one is. */
export function named(sections: Sections, addresses: ReadonlyMap<string, string>): Sections {
  const pattern = new RegExp([...addresses.keys()].map(patternOf).join('|') || '(?!)', 'g');
  const name = (line: string) => line.replaceAll(pattern, (address) => `<${addresses.get(address)}>`);
  return Object.fromEntries(Object.entries(sections).map(([section, lines]) => [section, lines.map(name)]));
}

/** The whole address and no longer one; after one of IPv4 a port may come. */
function patternOf(address: string): string {
  const after = address.includes(':') ? '(?![\\w.:]*\\w)' : '(?![\\w.]*\\w)';
  return `(?<![\\w.:])${address.replaceAll('.', '\\.')}${after}`;
}
