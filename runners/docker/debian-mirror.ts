/** The Debian mirror that this machine itself uses, for making a base where the default one does not answer. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where apt keeps its sources: one-line `.list` files and deb822 `.sources` files. */
const APT_FOLDER = '/etc/apt';

/** Addresses of Debian mirrors in apt's sources, in their order; none on a machine that is not Debian's. */
export async function machineMirrors(folder = APT_FOLDER): Promise<readonly string[]> {
  const parts = await readdir(join(folder, 'sources.list.d')).catch(() => []);
  const files = ['sources.list', ...parts.sort().map((part) => join('sources.list.d', part))];
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8').catch(() => '')));
  return [...new Set(texts.flatMap((text) => mirrorsIn(text)))];
}

/** Mirrors of the main archive in one file: their path ends in `/debian`, which security and third-party archives' do not. */
export function mirrorsIn(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/^\s*#.*/, '').trim());
  const addresses = lines.flatMap((line) => {
    const oneLine = /^deb\s+(?:\[[^\]]*\]\s*)?(\S+)/.exec(line)?.[1];
    const deb822 = /^URIs:\s*(.+)$/i.exec(line)?.[1]?.split(/\s+/) ?? [];
    return oneLine ? [oneLine] : deb822;
  });
  return addresses.map((each) => each.replace(/\/+$/, '')).filter((each) => /^https?:\/\/.+\/debian$/.test(each));
}
