/** Installing packages on Debian and its kin; anywhere else, saying what to type. */
import { EXIT, FiredrillError } from '../../failure.ts';
import type { Machine } from './machine.ts';

/** How long apt may take: slow mirrors, and another apt that holds the lock. */
const APT_LIMIT_MS = 15 * 60_000;
/** Seconds apt itself waits for another apt's lock. */
const LOCK_WAIT_S = 300;
const LINES_SHOWN = 8;
const OPTIONS = ['-q', '-o', `DPkg::Lock::Timeout=${LOCK_WAIT_S}`];

/** How set-up speaks and asks. */
export interface Consent {
  /** Install without asking: `--yes`, `CI`, or nobody there to ask. */
  readonly assumed: boolean;
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  readonly log: (line: string) => void;
}

/** Consent as the command line has it. */
export function consentFor(options: {
  readonly yes: boolean;
  readonly environment: Machine['environment'];
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  readonly log: (line: string) => void;
}): Consent {
  return { assumed: options.yes || Boolean(options.environment['CI']) || options.ask === undefined, ask: options.ask, log: options.log };
}

/** True on a machine that has apt and is of Debian's kin by its own words (os-release ID, ID_LIKE). */
export async function isDebian(machine: Machine): Promise<boolean> {
  if (machine.platform !== 'linux' || machine.find('apt-get') === undefined) return false;
  const release = (await machine.read('/etc/os-release')) ?? '';
  const names = [...release.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gm)].flatMap((line) => (line[1] ?? '').replaceAll(/["']/g, '').split(/\s+/));
  return names.includes('debian') || names.includes('ubuntu');
}

/**
 * Installs packages after asking. `instead` is what to type where this machine is not root's or not Debian's.
 * Throws FiredrillError (exit 7): `not-installable`, `declined`, `install-failed`.
 */
export async function installPackages(
  machine: Machine,
  packages: readonly string[],
  consent: Consent,
  why: string,
  instead: string,
): Promise<void> {
  const command = `apt-get install ${packages.join(' ')}`;
  if (!machine.isRoot || !(await isDebian(machine))) {
    throw unfit('not-installable', why, machine.isRoot ? instead : `${instead} As root on Debian or Ubuntu: ${command}`);
  }
  if (!consent.assumed && !isYes(await consent.ask?.(`${why} Install ${packages.join(', ')} with apt-get? [Y/n] `))) {
    throw unfit('declined', `${why} It was not to be installed.`, `Type: ${command}, or answer yes, or give --yes.`);
  }
  consent.log(`installing ${packages.join(', ')} (apt-get)`);
  await apt(machine, ['update', ...OPTIONS], why, command);
  await apt(machine, ['install', '--yes', '--no-install-recommends', ...OPTIONS, ...packages], why, command);
}

/** True where apt knows a package that can be installed. */
export async function hasPackage(machine: Machine, name: string): Promise<boolean> {
  const { exitCode, output } = await machine.run('apt-cache', ['policy', name], APT_LIMIT_MS);
  return exitCode === 0 && /Candidate: (?!\(none\))\S/.test(output);
}

/** Refreshes the package lists, which may be empty on a fresh machine. */
export async function updateLists(machine: Machine): Promise<void> {
  await machine.run('apt-get', ['update', ...OPTIONS], APT_LIMIT_MS);
}

async function apt(machine: Machine, args: readonly string[], why: string, command: string): Promise<void> {
  const { exitCode, output } = await machine.run('apt-get', args, APT_LIMIT_MS);
  if (exitCode === 0) return;
  const last = output.trim().split('\n').slice(-LINES_SHOWN).join('\n');
  throw unfit('install-failed', `${why} apt-get ${args[0]} ended with code ${exitCode}:\n${last}`, `Type it by hand and see: ${command}`);
}

function isYes(answer: string | undefined): boolean {
  return answer !== undefined && /^(y(es)?)?$/i.test(answer.trim());
}

function unfit(code: string, message: string, hint: string): FiredrillError {
  return new FiredrillError(code, message, { hint, exitCode: EXIT.groundUnfit });
}
