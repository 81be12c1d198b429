/**
 * An engine to work with: the one that answers, else one that is installed and started here. An engine that the user chose
 * (DOCKER_HOST, a context) and that does not answer is an error; no other is used in its place.
 */
import type Docker from 'dockerode';
import { type Environment, engineAddresses } from '../../docker/address.ts';
import { connectEngine } from '../../docker/engine.ts';
import { FiredrillError } from '../../failure.ts';
import { startDaemon } from './daemon.ts';
import { type Consent, hasPackage, installPackages, isDebian, updateLists } from './debian.ts';
import type { Machine } from './machine.ts';

const COMMAND_LIMIT_MS = 20_000;
const ENGINE_PACKAGES = ['docker.io', 'iptables'];
const ENGINE_INSTEAD = 'Install and start Docker (docs.docker.com/engine/install), or set DOCKER_HOST to an engine that runs.';
/** Compose's packages, the preferred first: v2 under its names on Ubuntu, newer Debian and Docker's own archive, then 1.29. */
const COMPOSE_PACKAGES = ['docker-compose-v2', 'docker-compose-plugin', 'docker-compose'];

/** Connects to the engine; installs and starts it first where there is none and this machine lets us. Throws FiredrillError (exit 7). */
export async function ensureEngine(
  machine: Machine,
  consent: Consent,
  connect: (environment: Environment) => Promise<Docker> = connectEngine,
): Promise<Docker> {
  const none = await connect(machine.environment).catch(asMissing);
  if (!(none instanceof FiredrillError)) return none;
  if (engineAddresses(machine.environment).chosen !== undefined) throw none;
  if (!machine.isRoot || !(await isDebian(machine))) {
    if (machine.find('dockerd') === undefined) await installPackages(machine, ENGINE_PACKAGES, consent, none.message, ENGINE_INSTEAD);
    throw none;
  }
  if (machine.find('dockerd') === undefined || machine.find('iptables') === undefined) {
    await installPackages(machine, ENGINE_PACKAGES, consent, 'No Docker engine is on this machine.', ENGINE_INSTEAD);
  }
  await startDaemon(machine, {
    log: consent.log,
    answers: () =>
      connect(machine.environment).then(
        () => true,
        () => false,
      ),
  });
  return connect(machine.environment);
}

/** Makes sure that `docker compose` or `docker-compose` runs. Throws FiredrillError (exit 7). */
export async function ensureCompose(machine: Machine, consent: Consent): Promise<void> {
  if (await hasCompose(machine)) return;
  const why = 'Neither `docker compose` nor `docker-compose` runs.';
  const instead = 'Install Docker Compose (docs.docker.com/compose/install).';
  if (machine.isRoot && (await isDebian(machine))) await updateLists(machine);
  await installPackages(machine, [await composePackage(machine)], consent, why, instead);
  if (await hasCompose(machine)) return;
  // The plugin needs the docker command, which newer Debian has in a package of its own.
  await installPackages(machine, ['docker-cli'], consent, why, instead);
}

/** The old form is taken as it is found: asking it for its version takes half a second, on every run. */
async function hasCompose(machine: Machine): Promise<boolean> {
  if (machine.find('docker-compose') !== undefined) return true;
  return machine.find('docker') !== undefined && (await machine.run('docker', ['compose', 'version'], COMMAND_LIMIT_MS)).exitCode === 0;
}

async function composePackage(machine: Machine): Promise<string> {
  for (const name of COMPOSE_PACKAGES) if (await hasPackage(machine, name)) return name;
  return 'docker-compose';
}

function asMissing(error: unknown): FiredrillError {
  if (error instanceof FiredrillError) return error;
  throw error;
}
