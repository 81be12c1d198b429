/** A container's control groups, of version 1 or 2: every limit in their files, whether they are frozen, groups made below. */
import { readdirSync } from 'node:fs';
import type { Place, Sections } from './asked.ts';
import { linesOf, textOf } from './shell.ts';

/** Files that set something; the rest of a group's files count and report. */
const SETTINGS = [
  /^cpu\.(cfs_quota_us|cfs_period_us|cfs_burst_us|shares|rt_runtime_us|max|max\.burst|weight|idle)$/,
  /^cpuset\.(cpus|mems)$/,
  /^memory\.(limit_in_bytes|soft_limit_in_bytes|memsw\.limit_in_bytes|kmem\.limit_in_bytes|swappiness|high|low|min|max|swap\.max|swap\.high|oom\.group)$/,
  /^blkio\.(throttle\.(read|write)_(bps|iops)_device|weight|weight_device)$/,
  /^blkio\.bfq\.weight(_device)?$/,
  /^io\.(max|weight|latency|bfq\.weight)$/,
  /^pids\.max$/,
  /^freezer\.state$/,
  /^cgroup\.(freeze|subtree_control|type|max\.descendants|max\.depth)$/,
  /^net_(cls\.classid|prio\.ifpriomap)$/,
  /^devices\.list$/,
];

/** One line a setting, by the path of its file below /sys/fs/cgroup without the container's own part. */
export function lookAtCgroups(place: Place): Sections {
  const groups = linesOf(textOf(`/proc/${place.pid}/cgroup`)).flatMap((line) => {
    const [hierarchy, controllers = '', ...path] = line.split(':');
    const mount = hierarchy === '0' ? (isUnified() ? '' : '/unified') : `/${controllers.replace('name=', '')}`;
    return [{ label: controllers === '' ? 'unified' : controllers, folder: `/sys/fs/cgroup${mount}${path.join(':')}` }];
  });
  const lines = groups.flatMap(({ label, folder }) => settingsIn(label, folder, ''));
  return { [`${place.name}: control groups`]: lines.sort() };
}

function isUnified(): boolean {
  return textOf('/sys/fs/cgroup/cgroup.controllers') !== undefined;
}

function settingsIn(label: string, folder: string, below: string): readonly string[] {
  const entries = entriesOf(folder + below);
  const settings = entries
    .filter((each) => each.isFile() && SETTINGS.some((pattern) => pattern.test(each.name)))
    .flatMap((each) => linesOf(textOf(`${folder}${below}/${each.name}`)).map((line) => `${label}${below}/${each.name} ${line}`));
  const outOfMemory = entries.some((each) => each.name === 'memory.oom_control')
    ? linesOf(textOf(`${folder}${below}/memory.oom_control`)).filter((line) => line.startsWith('oom_kill_disable'))
    : [];
  const groups = entries.filter((each) => each.isDirectory()).map((each) => `${below}/${each.name}`);
  return [
    ...settings,
    ...outOfMemory.map((line) => `${label}${below} ${line}`),
    ...groups.flatMap((group) => [`${label}${group} is a group`, ...settingsIn(label, folder, group)]),
  ];
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
