/**
 * A control group's limits, each read and written as one text in the words of version 2, whichever version the host has: `20000 100000`
 * (of a period, in µs) or `max 100000` for processors, bytes or `max` for memory, `254:0 rbps=… wbps=… riops=… wiops=…` for a disk.
 */
import { type ControlGroups, type GroupFiles, realFiles } from './cgroup.ts';

export interface Limit {
  read(): string;
  /** Throws what the kernel answered (EBUSY, EINVAL …). */
  write(text: string): void;
}

/** Version 1 says "no limit" by the largest number of whole pages. */
const NO_LIMIT_FROM = 2n ** 62n;

/** Quota and period. The period is never changed. */
export function cpuQuota(groups: ControlGroups, files: GroupFiles = realFiles): Limit {
  const directory = groups.directory('cpu');
  if (groups.version('cpu') === 2) return fileLimit(`${directory}/cpu.max`, files);
  return {
    read() {
      const quota = files.read(`${directory}/cpu.cfs_quota_us`);
      return `${quota === '-1' ? 'max' : quota} ${files.read(`${directory}/cpu.cfs_period_us`)}`;
    },
    write(text) {
      const quota = text.split(' ')[0] ?? '';
      files.write(`${directory}/cpu.cfs_quota_us`, quota === 'max' ? '-1' : quota);
    },
  };
}

export function memoryMax(groups: ControlGroups, files: GroupFiles = realFiles): Limit {
  const directory = groups.directory('memory');
  if (groups.version('memory') === 2) return fileLimit(`${directory}/memory.max`, files);
  const path = `${directory}/memory.limit_in_bytes`;
  return {
    read() {
      const bytes = files.read(path);
      return BigInt(bytes) >= NO_LIMIT_FROM ? 'max' : bytes;
    },
    write: (text) => files.write(path, text === 'max' ? '-1' : text),
  };
}

export const DISK_KEYS = ['rbps', 'wbps', 'riops', 'wiops'] as const;
const VERSION_1_FILES = {
  rbps: 'blkio.throttle.read_bps_device',
  wbps: 'blkio.throttle.write_bps_device',
  riops: 'blkio.throttle.read_iops_device',
  wiops: 'blkio.throttle.write_iops_device',
} as const;
export type DiskRates = { readonly [key in (typeof DISK_KEYS)[number]]?: number | undefined };

/** How fast one disk (`254:0`) may be used. Throws ENOENT where the kernel cannot throttle. */
export function diskRate(groups: ControlGroups, device: string, files: GroupFiles = realFiles): Limit {
  const directory = groups.directory('blkio');
  const lineOf = (path: string) => {
    const line = files
      .read(`${directory}/${path}`)
      .split('\n')
      .find((each) => each.startsWith(`${device} `));
    return line?.slice(device.length + 1);
  };
  if (groups.version('blkio') === 2) {
    return {
      read: () => diskText(device, parseDiskText(lineOf('io.max') ?? '')),
      write: (text) => files.write(`${directory}/io.max`, text),
    };
  }
  const read = () => diskText(device, Object.fromEntries(DISK_KEYS.flatMap((key) => entryOf(key, lineOf(VERSION_1_FILES[key])))));
  return {
    read,
    write(text) {
      const before = parseDiskText(read());
      const next = parseDiskText(text);
      for (const key of DISK_KEYS) {
        if (before[key] !== next[key]) files.write(`${directory}/${VERSION_1_FILES[key]}`, `${device} ${next[key] ?? 0}`);
      }
    },
  };
}

/** `254:0 rbps=max wbps=1048576 riops=max wiops=max`. */
export function diskText(device: string, rates: DiskRates): string {
  return [device, ...DISK_KEYS.map((key) => `${key}=${rates[key] ?? 'max'}`)].join(' ');
}

export function deviceOf(text: string): string {
  return text.split(' ')[0] ?? '';
}

export function parseDiskText(text: string): DiskRates {
  return Object.fromEntries(DISK_KEYS.flatMap((key) => entryOf(key, text.match(new RegExp(`\\b${key}=(\\d+)`))?.[1])));
}

function entryOf(key: string, value: string | undefined): readonly [string, number][] {
  return value === undefined ? [] : [[key, Number(value)]];
}

function fileLimit(path: string, files: GroupFiles): Limit {
  return { read: () => files.read(path), write: (text) => files.write(path, text) };
}
