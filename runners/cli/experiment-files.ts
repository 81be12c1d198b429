/** The files that an experiment names, on this machine: paths count from its folder. Each is read once, since every variant is checked. */
import { resolve } from 'node:path';
import type { ExperimentFiles, FileContent } from '../../experiments/language/files.ts';
import { readLimited } from '../load/requests/data-files.ts';

export function experimentFiles(folder: string): ExperimentFiles {
  const read = new Map<string, FileContent>();
  return {
    resolve: (path) => resolve(folder, path),
    read(path, bytesMax) {
      const key = `${bytesMax} ${path}`;
      const known = read.get(key);
      if (known) return known;
      const content = readLimited(resolve(folder, path), bytesMax, path);
      read.set(key, content);
      return content;
    },
  };
}
