/**
 * Installing the npm dependencies of a checkout when they are missing or not those of the lock file. Plain JavaScript
 * for Node 20, and quick when there is nothing to do.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long one call waits for another that is installing. */
const INSTALL_WAIT_MS = 10 * 60_000;
const INSTALL_POLL_MS = 200;
/** Characters of npm's own words that are kept to tell why it failed. */
const OUTPUT_KEPT = 20_000;
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network request/;

/**
 * True where node_modules holds what package-lock.json names. Compared by content: each package that the lock requires is there in
 * that version, and nothing there is of another version; optional ones may be absent, since they depend on the platform.
 */
export function packagesAreCurrent(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !found) return false;
  const names = Object.entries(wanted).filter(([path]) => path !== '');
  return (
    names.every(([path, each]) => (found[path] ? same(found[path], each) : each.optional === true || each.devOptional === true)) &&
    Object.keys(found).every((path) => wanted[path] !== undefined)
  );
}

/** Installs what is missing. Concurrent calls wait for the one that installs. Returns false, having said why, where it failed. */
export async function ensurePackages(root) {
  if (packagesAreCurrent(root)) return true;
  const unlock = await lockInstall(root);
  if (!unlock) return false;
  try {
    return packagesAreCurrent(root) || (await installPackages(root));
  } finally {
    unlock();
  }
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function same(found, wanted) {
  return found.version === wanted.version && found.integrity === wanted.integrity;
}

/** Takes the lock, a folder holding the owner's pid; a lock whose owner is gone is removed. Undefined when the wait was too long. */
async function lockInstall(root) {
  const folder = join(root, '.firedrill');
  const lock = join(folder, 'install.lock');
  mkdirSync(folder, { recursive: true });
  for (let waitedMs = 0; waitedMs < INSTALL_WAIT_MS; waitedMs += INSTALL_POLL_MS) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (ownerIsGone(lock)) rmSync(lock, { force: true });
    else await sleep(INSTALL_POLL_MS);
  }
  process.stderr.write(
    `firedrill: another process has been installing the npm dependencies for ${INSTALL_WAIT_MS / 60_000} minutes, the limit.\n` +
      `  hint: when it is not, remove ${lock}\n`,
  );
  return undefined;
}

function ownerIsGone(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

async function installPackages(root) {
  process.stderr.write('firedrill: installing the npm dependencies (npm ci)\n');
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await runNpm(root, args);
  if (code === 0 && packagesAreCurrent(root)) return true;
  const why =
    code === 0
      ? 'npm ci ended well, but node_modules is not what package-lock.json names'
      : OFFLINE.test(output)
        ? 'npm ci could not reach the registry'
        : `npm ci ended with code ${code}`;
  process.stderr.write(
    `${output}\nfiredrill: the npm dependencies are not installed: ${why}.\n  hint: when the network is there, type: npm ci\n`,
  );
  return false;
}

/** Runs npm by the Node that npm belongs to: our own node_modules, which it is about to remove, is taken off the path. */
function runNpm(root, args) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((each) => !each.startsWith(join(root, 'node_modules')));
  return new Promise((resolve) => {
    const npm = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: path.join(delimiter) } });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-OUTPUT_KEPT);
    };
    npm.stdout.on('data', keep);
    npm.stderr.on('data', keep);
    npm.once('error', (error) => resolve({ code: 127, output: `npm: ${error.message}` }));
    npm.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
