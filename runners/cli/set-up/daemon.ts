/**
 * Starting the Docker daemon where it is installed and does not answer, with systemd or without; also on top of what a
 * machine left behind that was cut off: pid files of processes that are no more, or are others by now.
 */
import { EXIT, FiredrillError } from '../../failure.ts';
import { lastLinesOf, type Machine } from './machine.ts';

/** How long the daemon may take until it answers; containers of before are restored first. */
export const START_LIMIT_MS = 90_000;
const POLL_MS = 250;
const COMMAND_LIMIT_MS = 60_000;
/** Without systemd, the daemon's words go here. */
export const DAEMON_LOG = '/var/log/firedrill-dockerd.log';
const LINES_SHOWN = 6;
/** Where the daemon notes its pid, and its containerd's, and what program the pid must be of. */
const PID_FILES: readonly (readonly [string, string])[] = [
  ['/var/run/docker.pid', 'dockerd'],
  ['/var/run/docker/containerd/containerd.pid', 'containerd'],
  ['/var/run/docker/containerd/docker-containerd.pid', 'containerd'],
];
/** Where this socket file is, dockerd takes containerd for running, and does not start its own. */
const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

export interface DaemonOptions {
  readonly log: (line: string) => void;
  /** True when the engine answers. */
  readonly answers: () => Promise<boolean>;
  /** More arguments for dockerd; tests give it folders of its own. */
  readonly arguments?: readonly string[];
  readonly logPath?: string;
  readonly pidFiles?: readonly (readonly [string, string])[];
}

/** Starts the daemon and waits until it answers. Throws FiredrillError `engine-not-started` (exit 7) with the last lines of its log. */
export async function startDaemon(machine: Machine, options: DaemonOptions): Promise<void> {
  if (await options.answers()) return;
  if (await isSystemd(machine)) return startBySystemd(machine, options);
  if (await isStarting(machine, options)) {
    options.log('the Docker daemon is starting already');
    if (await waitForAnswer(machine, options, () => false)) return;
    throw notStarted(options.logPath ?? DAEMON_LOG, 'A Docker daemon runs, but does not answer');
  }
  await startByHand(machine, options);
}

async function isSystemd(machine: Machine): Promise<boolean> {
  return (await machine.read('/proc/1/comm'))?.trim() === 'systemd' && machine.find('systemctl') !== undefined;
}

async function startBySystemd(machine: Machine, options: DaemonOptions): Promise<void> {
  options.log('starting the Docker daemon (systemctl start docker)');
  const { exitCode, output } = await machine.run('systemctl', ['start', 'docker'], COMMAND_LIMIT_MS);
  if (exitCode === 0 && (await waitForAnswer(machine, options, () => false))) return;
  throw new FiredrillError(
    'engine-not-started',
    `systemctl start docker did not bring the engine up: ${output.trim() || `exit ${exitCode}`}`,
    {
      hint: 'See why: journalctl --unit docker --no-pager | tail',
      exitCode: EXIT.groundUnfit,
    },
  );
}

async function startByHand(machine: Machine, options: DaemonOptions): Promise<void> {
  const program = machine.find('dockerd');
  const logPath = options.logPath ?? DAEMON_LOG;
  if (program === undefined) throw notStarted(logPath, 'The program dockerd is not on this machine');
  await removeStaleFiles(machine, options);
  await mountCgroups(machine);
  options.log(`starting the Docker daemon in the background (its log: ${logPath})`);
  if (await launch(machine, program, options)) return;
  if (/iptables/i.test(lastLinesOf(logPath, LINES_SHOWN)) && (await useLegacyIptables(machine))) {
    options.log('starting it again with the older iptables, which this kernel has');
    if (await launch(machine, program, options)) return;
  }
  throw notStarted(logPath, 'The Docker daemon did not come up');
}

/** True when it answers in time. Another daemon that is faster ends ours, and answers all the same. */
async function launch(machine: Machine, program: string, options: DaemonOptions): Promise<boolean> {
  const daemon = await machine.startDetached(program, options.arguments ?? [], options.logPath ?? DAEMON_LOG);
  return waitForAnswer(machine, options, () => daemon.hasEnded());
}

async function waitForAnswer(machine: Machine, options: DaemonOptions, hasEnded: () => boolean): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < START_LIMIT_MS; waitedMs += POLL_MS) {
    if (await options.answers()) return true;
    if (hasEnded() && !(await isStarting(machine, options))) return options.answers();
    await machine.sleep(POLL_MS);
  }
  return false;
}

/** True where the daemon's pid file names a living dockerd. */
async function isStarting(machine: Machine, options: DaemonOptions): Promise<boolean> {
  const daemon = (options.pidFiles ?? PID_FILES)[0];
  return daemon !== undefined && (await pidFileState(machine, daemon)) === 'alive';
}

/** A pid may belong to another program by now, and dockerd refuses to start, or waits for a containerd that never answers. */
async function removeStaleFiles(machine: Machine, options: DaemonOptions): Promise<void> {
  for (const file of options.pidFiles ?? PID_FILES) {
    if ((await pidFileState(machine, file)) !== 'stale') continue;
    options.log(`removing ${file[0]}, which a daemon that is gone left behind`);
    await machine.remove(file[0]);
  }
  if (await machine.listens(CONTAINERD_SOCKET)) return;
  await machine.remove(CONTAINERD_SOCKET);
}

async function pidFileState(machine: Machine, [path, program]: readonly [string, string]): Promise<'alive' | 'stale' | 'absent'> {
  const pid = (await machine.read(path))?.trim();
  if (pid === undefined) return 'absent';
  const command = /^\d+$/.test(pid) ? await machine.read(`/proc/${pid}/comm`) : undefined;
  return command?.trim() === program ? 'alive' : 'stale';
}

/** A bare machine may have no control groups mounted, without which no container starts. */
async function mountCgroups(machine: Machine): Promise<void> {
  const mounts = await machine.read('/proc/mounts');
  if (mounts === undefined || / cgroup2? /.test(mounts)) return;
  await machine.run('mount', ['-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup'], COMMAND_LIMIT_MS);
}

/** Debian's default iptables speaks nftables, which some kernels lack. */
async function useLegacyIptables(machine: Machine): Promise<boolean> {
  const legacy = machine.find('iptables-legacy');
  if (legacy === undefined) return false;
  const { exitCode } = await machine.run('update-alternatives', ['--set', 'iptables', legacy], COMMAND_LIMIT_MS);
  return exitCode === 0;
}

function notStarted(logPath: string, what: string): FiredrillError {
  const last = lastLinesOf(logPath, LINES_SHOWN);
  return new FiredrillError('engine-not-started', `${what} within ${START_LIMIT_MS / 1000} s${last ? `; its log ends:\n${last}` : '.'}`, {
    hint: `The whole log is in ${logPath}; try by hand: dockerd`,
    exitCode: EXIT.groundUnfit,
  });
}
