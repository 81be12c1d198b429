/** A container's files: what is mounted where, what lies on volumes and in memory, and what of its image was changed. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Place, Sections } from './asked.ts';
import { linesOf, textOf } from './shell.ts';

/** Longer files are told by their length alone. */
const HASHED_BYTES_MAX = 4 * 2 ** 20;
/** Files listed of one mount; beyond, a mount holds data. */
const FILES_MAX = 5_000;
const OURS = /firedrill/i;
/** File systems of the kernel's own, in which nothing lies. */
const KERNEL_OWN = new Set(['proc', 'sysfs', 'devpts', 'mqueue', 'cgroup', 'cgroup2', 'overlay']);

export function lookAtFiles(place: Place): Sections {
  const mounts = mountsOf(place.pid);
  const lying = mounts.filter((each) => !KERNEL_OWN.has(each.type)).flatMap((each) => listOf(place, each.point));
  return {
    [`${place.name}: mounts`]: mounts.map((each) => `${each.point} ${each.type} ${each.options}`).sort(),
    [`${place.name}: files on mounts`]: lying.sort(),
    // What is mounted over a path hides what the layer has there.
    [`${place.name}: files changed`]: place.changed
      .filter((path) => !mounts.some((each) => each.point === path))
      .map((path) => describe(place, path))
      .sort(),
  };
}

interface Mount {
  readonly point: string;
  readonly type: string;
  readonly options: string;
}

function mountsOf(pid: number): readonly Mount[] {
  return linesOf(textOf(`/proc/${pid}/mountinfo`)).map((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const fields = before.split(' ');
    return { point: fields[4] ?? '', type: after.split(' ')[0] ?? '', options: fields[5] ?? '' };
  });
}

function listOf(place: Place, point: string): readonly string[] {
  const root = `/proc/${place.pid}/root`;
  const stat = statOf(root + point);
  if (stat && !stat.isDirectory()) return [describe(place, point)];
  const isData = place.dataPaths.includes(point);
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const name of namesIn(root + folder)) {
      const path = `${folder === '/' ? '' : folder}/${name}`;
      const each = statOf(root + path);
      if (!each || found.length >= FILES_MAX || each.dev !== stat?.dev) continue;
      if (!isData || OURS.test(name)) found.push(describe(place, path));
      if (each.isDirectory()) walk(path);
    }
  };
  walk(point);
  return found;
}

function describe(place: Place, path: string): string {
  const full = `/proc/${place.pid}/root${path}`;
  const stat = statOf(full);
  if (!stat) return `${path} (not there)`;
  const owned = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`;
  if (stat.isSymbolicLink()) return `${path} -> ${readlinkSync(full)}`;
  if (stat.isDirectory()) return `${path}/ ${owned}`;
  if (!stat.isFile()) return `${path} (special) ${owned}`;
  // What names addresses and ids is told whole, so that it can be seen whose they are.
  if (path === '/etc/hosts' || path === '/etc/hostname') return `${path} ${owned} ${linesOf(textOf(full)).join('; ')}`;
  const content = stat.size <= HASHED_BYTES_MAX ? digestOf(full) : 'long';
  return `${path} ${owned} ${stat.size} bytes ${content}`;
}

function statOf(path: string) {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function digestOf(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
  } catch {
    return 'unreadable';
  }
}
