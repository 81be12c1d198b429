/** Who listens on a TCP port of this machine: a container that publishes it, else the process, as far as /proc tells. */
import { readdir, readFile, readlink } from 'node:fs/promises';

interface PortLister {
  listContainers(options: { all: boolean }): Promise<readonly { Names: readonly string[]; Ports: readonly { PublicPort?: number }[] }[]>;
}

/** A text that names the listener, `container fabric_front_1` or `process 4711 (nginx)`; undefined where it cannot be known. */
export async function listenerOf(docker: object, port: number): Promise<string | undefined> {
  const publisher = canListPorts(docker) ? await publishingContainer(docker, port).catch(() => undefined) : undefined;
  return publisher ?? (await listeningProcess(port).catch(() => undefined));
}

function canListPorts(docker: object): docker is PortLister {
  return 'listContainers' in docker;
}

async function publishingContainer(docker: PortLister, port: number): Promise<string | undefined> {
  const containers = await docker.listContainers({ all: false });
  const name = containers.find((each) => each.Ports.some((published) => published.PublicPort === port))?.Names[0];
  return name === undefined ? undefined : `container ${name.replace(/^\//, '')}`;
}

async function listeningProcess(port: number): Promise<string | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/net/${table}`, 'latin1').catch(() => '')));
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
    if (!(await holdsSocket(pid, inodes))) continue;
    const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    return `process ${pid} (${command.trim()})`;
  }
  return undefined;
}

/** Rows of proc(5) net/tcp: local address in hex, state 0A is LISTEN, the inode is the tenth field. */
function listeningInodes(table: string, port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hex}`) && fields[3] === '0A')
    .flatMap((fields) => fields[9] ?? []);
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const files = await readdir(folder).catch(() => []);
  const links = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return links.some((link) => inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? ''));
}
