/** A machine that exists only in memory, for set-up: its files, its programs, and what its commands do to it. */
import type { Machine, Ran } from '../../../runners/cli/set-up/machine.ts';

export interface PretendMachine extends Machine {
  readonly files: Map<string, string>;
  readonly programs: Set<string>;
  /** Every command, joined by blanks, in order. */
  readonly commands: string[];
  readonly started: string[];
  clockMs: number;
}

export interface Pretence {
  readonly platform?: string;
  readonly isRoot?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly programs?: readonly string[];
  /** What a command does and answers; undefined is success without a word. */
  readonly onRun?: (command: string, machine: PretendMachine) => Ran | undefined;
  readonly onStart?: (command: string, machine: PretendMachine) => { readonly hasEnded: boolean } | undefined;
  readonly listening?: readonly string[];
}

export const DEBIAN = {
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n',
  '/proc/mounts': 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n',
};
export const UBUNTU = { '/etc/os-release': 'ID=ubuntu\nID_LIKE=debian\n', '/proc/mounts': 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n' };

export function pretendMachine(pretence: Pretence = {}): PretendMachine {
  const machine: PretendMachine = {
    platform: pretence.platform ?? 'linux',
    isRoot: pretence.isRoot ?? true,
    environment: pretence.environment ?? {},
    files: new Map(Object.entries(pretence.files ?? DEBIAN)),
    programs: new Set(pretence.programs ?? ['apt-get']),
    commands: [],
    started: [],
    clockMs: 0,
    read: (path) => Promise.resolve(machine.files.get(path)),
    remove(path) {
      machine.files.delete(path);
      return Promise.resolve();
    },
    find: (program) => (machine.programs.has(program) ? `/usr/bin/${program}` : undefined),
    run(command, args) {
      const line = [command, ...args].join(' ');
      machine.commands.push(line);
      return Promise.resolve(pretence.onRun?.(line, machine) ?? { exitCode: 0, output: '' });
    },
    startDetached(command, args) {
      const line = [command, ...args].join(' ');
      machine.started.push(line);
      const outcome = pretence.onStart?.(line, machine);
      return Promise.resolve({ pid: 4711, hasEnded: () => outcome?.hasEnded ?? false });
    },
    listens: (path) => Promise.resolve(pretence.listening?.includes(path) ?? false),
    sleep(ms) {
      machine.clockMs += ms;
      return Promise.resolve();
    },
  };
  return machine;
}
