/** Which disk is behind a directory of a container, as control groups name it: `254:0`, always a whole disk. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';

/** What the kernel says of block devices, so that disks of other machines can be tried. */
export interface BlockDevices {
  /** The real path below /sys of a device `8:1`; undefined where there is none. */
  pathOf(device: string): string | undefined;
  read(path: string): string | undefined;
}

export interface Disk {
  readonly device: string;
  /** `vda`. */
  readonly name: string;
}

/** The disk that a device is a part of. Throws where it is none (a file system in memory, on the network, or over several disks). */
export function wholeDisk(device: string, devices: BlockDevices = realDevices): Disk {
  const path = devices.pathOf(device);
  if (path === undefined) throw new Error(`no disk is behind it (device ${device}): name one with \`device\``);
  const whole = devices.read(`${path}/partition`) === undefined ? path : path.slice(0, path.lastIndexOf('/'));
  const number = devices.read(`${whole}/dev`)?.trim();
  if (number === undefined) throw new Error(`the kernel does not say which disk ${device} is a part of`);
  return { device: number, name: whole.slice(whole.lastIndexOf('/') + 1) };
}

/** The disk of a name such as `/dev/sda` or `sda1`. */
export function diskNamed(name: string, devices: BlockDevices = realDevices): Disk {
  const device = devices.read(`/sys/class/block/${name.replace(/^\/dev\//, '')}/dev`)?.trim();
  if (device === undefined) throw new Error(`the host has no disk ${name}`);
  return wholeDisk(device, devices);
}

/** The directory on the host that takes what is written to a container's layer, by the text of /proc/PID/mountinfo. */
export function upperDirectory(mountinfo: string, device: string): string | undefined {
  const mount = mountinfo.split('\n').find((line) => line.split(' ')[2] === device && / - overlay /.test(line));
  return mount
    ?.match(/[ ,]upperdir=([^, ]+)/)?.[1]
    ?.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The disk behind a file system `0:57` or `8:1` that a container's process sees. */
export function diskBehind(pid: number, device: string): Disk {
  const upper = upperDirectory(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'), device);
  return wholeDisk(upper === undefined ? device : deviceNumber(statSync(hostPath(upper)).dev));
}

/** A path of the engine's host. The agent's parent is the engine's shim, which lives there; hosts exist whose first process nobody may look at. */
export function hostPath(path: string): string {
  return `/proc/${process.ppid}/root${path}`;
}

/** `254:1` of the number that stat() answers. */
export function deviceNumber(dev: number): string {
  const bits = BigInt(dev);
  const major = ((bits >> 8n) & 0xfffn) | ((bits >> 32n) & 0xfffff000n);
  const minor = (bits & 0xffn) | ((bits >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

const realDevices: BlockDevices = {
  pathOf(device) {
    const link = `/sys/dev/block/${device}`;
    return existsSync(link) ? realpathSync(link) : undefined;
  },
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
};
