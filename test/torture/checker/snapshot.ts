/**
 * A snapshot of the engine's host and of every container of a system: what the engine says, and what a privileged container of
 * the checker's own sees in each namespace. It shares no code with what it checks.
 */
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { askEngine, CHECKER_LABEL, type Scope } from './engine-side.ts';
import { demultiplex } from './frames.ts';
import type { Asked, Sections } from './look/asked.ts';
import { named } from './naming.ts';

export { compare } from './compare.ts';
export type { Scope } from './engine-side.ts';
export type { Sections } from './look/asked.ts';

/**
 * Takes one; `image` is the checker's, built of `checkerImage`. `looksFrom` is another engine of the same machine that the looking
 * container shall run on. Rejects where the program could not look.
 */
export async function takeSnapshot(docker: Docker, image: string, scope: Scope, looksFrom: Docker = docker): Promise<Sections> {
  const { sections, places, addresses } = await askEngine(docker, scope);
  const asked: Asked = { places, hostPid: scope.hostPid ?? 1, wholeHost: scope.wholeHost };
  const seen = await look(looksFrom, image, asked);
  const host = scope.wholeHost ? {} : onlyOurs(seen);
  return named({ ...sections, ...withoutPassing(seen, scope.passing ?? []), ...host }, addresses);
}

function withoutPassing(seen: Sections, passing: readonly RegExp[]): Sections {
  const stays = (section: string) => (line: string) => !section.endsWith(': processes') || !passing.some((each) => each.test(line));
  return Object.fromEntries(Object.entries(seen).map(([section, lines]) => [section, lines.filter(stays(section))]));
}

/** On a host that others use, what names itself as ours; the rest comes and goes with them. */
function onlyOurs(seen: Sections): Sections {
  const host = Object.entries(seen).filter(([section]) => section.startsWith('host:'));
  return Object.fromEntries(host.map(([section, lines]) => [section, lines.filter((line) => /FIREDRILL|firedrill/.test(line))]));
}

/** Not `Privileged`: an engine that itself runs confined cannot give that. */
const EVERYTHING_IN_SIGHT = {
  CapAdd: ['SYS_ADMIN', 'SYS_PTRACE', 'NET_ADMIN', 'NET_RAW', 'DAC_READ_SEARCH'],
  SecurityOpt: ['apparmor=unconfined', 'seccomp=unconfined'],
  PidMode: 'host',
  CgroupnsMode: 'host',
  NetworkMode: 'none',
  Binds: ['/sys/fs/cgroup:/sys/fs/cgroup:ro'],
};

async function look(docker: Docker, image: string, asked: Asked): Promise<Sections> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: [JSON.stringify(asked)],
    Labels: { [CHECKER_LABEL]: 'look' },
    HostConfig: EVERYTHING_IN_SIGHT,
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    const output = demultiplex(await collect(stream, container));
    return parse(output.stdout, output.stderr);
  } finally {
    await container.remove({ force: true });
  }
}

async function collect(stream: NodeJS.ReadWriteStream, container: Docker.Container): Promise<Buffer> {
  const whole = buffer(stream);
  await container.start();
  return whole;
}

function parse(stdout: string, stderr: string): Sections {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`the checker could not look: ${stderr || stdout.slice(0, 500)}`);
  }
}
