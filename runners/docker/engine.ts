/**
 * The connection to the engine. One engine is used and named; one that was chosen and does not answer is an error,
 * never a reason to try another.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { EXIT, FiredrillError } from '../failure.ts';
import { type Environment, engineAddresses } from './address.ts';

/** How long one address may take to answer a ping. */
export const PING_LIMIT_MS = 5_000;
/** The API that firedrill is written against: the newest that Docker 20.10 has. An engine that no longer has it is spoken to by its oldest. */
const API_WANTED = '1.41';

const addressOf = new WeakMap<object, string>();

/**
 * Connects to the engine of this environment and settles on an API version.
 * Throws FiredrillError `engine-missing` (exit 7) where none answers.
 */
export async function connectEngine(environment: Environment): Promise<Docker> {
  const { chosen, addresses } = engineAddresses(environment);
  const failures: string[] = [];
  for (const address of addresses) {
    try {
      return await connectTo(address, environment);
    } catch (error) {
      failures.push(`${address}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new FiredrillError(
    'engine-missing',
    chosen
      ? `The engine that ${chosen} names does not answer (the limit is ${PING_LIMIT_MS / 1000} s): ${failures.join('; ')}.`
      : `No Docker engine answers: ${failures.join('; ')}.`,
    {
      hint: hintFor(chosen, failures),
      exitCode: EXIT.groundUnfit,
    },
  );
}

function hintFor(chosen: 'DOCKER_HOST' | 'docker context' | undefined, failures: readonly string[]): string {
  if (failures.some((each) => each.includes('EACCES')))
    return 'You may not use it: run as root, or type: sudo usermod -aG docker $USER, and log in again.';
  if (chosen === 'DOCKER_HOST') return 'Start that engine, or type: unset DOCKER_HOST';
  if (chosen === 'docker context') return 'Start that engine, or type: docker context use default';
  return 'Start Docker, or set DOCKER_HOST; as root on Debian or Ubuntu, npm start installs it.';
}

/** The address that this engine was reached by, as `DOCKER_HOST` spells it, so that Compose uses the same. */
export function engineAddress(docker: object): string | undefined {
  return addressOf.get(docker);
}

async function connectTo(address: string, environment: Environment): Promise<Docker> {
  const options = connectionOptions(address, environment);
  // The stream that the library makes of an ssh connection knows no timeouts.
  const first = new Docker(options.protocol === 'ssh' ? options : { ...options, timeout: PING_LIMIT_MS });
  const { ApiVersion, MinAPIVersion } = await limited(first.version(), address);
  const docker = new Docker({ ...options, version: `v${settleVersion(ApiVersion, MinAPIVersion)}` });
  addressOf.set(docker, address);
  return docker;
}

/** Our own version where the engine has it, else its nearest. */
export function settleVersion(newest: string, oldest: string | undefined): string {
  if (compareVersions(API_WANTED, newest) > 0) return newest;
  return oldest !== undefined && compareVersions(API_WANTED, oldest) < 0 ? oldest : API_WANTED;
}

function compareVersions(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}

/** `host` is always given, if only as undefined, so that the library does not read DOCKER_HOST by itself. */
function connectionOptions(address: string, environment: Environment): Docker.DockerOptions {
  if (address.startsWith('unix://')) return { host: undefined, socketPath: address.slice('unix://'.length) };
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url) throw new Error('is not an address; write it like unix:///var/run/docker.sock or tcp://host:2376');
  if (url.protocol === 'ssh:') {
    const agent = environment['SSH_AUTH_SOCK'];
    if (!agent) throw new Error('is reached with the keys of an ssh-agent, and none runs; type: eval $(ssh-agent) && ssh-add');
    const username = url.username ? { username: url.username } : {};
    return { protocol: 'ssh', host: url.hostname, port: url.port || 22, ...username, sshOptions: { agent } };
  }
  const secured = Boolean(environment['DOCKER_TLS_VERIFY']) || url.protocol === 'https:';
  const port = url.port || (secured ? 2376 : 2375);
  if (!secured) return { protocol: 'http', host: url.hostname, port };
  const folder = environment['DOCKER_CERT_PATH'] ?? join(environment['HOME'] ?? '', '.docker');
  const read = (name: string) => readFileSync(join(folder, name));
  return { protocol: 'https', host: url.hostname, port, ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

/** A socket may accept and then say nothing; the limit is ours, since the library's counts idle time alone. */
async function limited<T>(work: Promise<T>, address: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from ${address} in ${PING_LIMIT_MS} ms`)), PING_LIMIT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
