/** What this machine's kernel can do for packet faults, as far as it tells without being tried. */
import { readdir, readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { gunzipSync } from 'node:zlib';

/** `unknown` where the kernel keeps neither its configuration nor its modules where they can be read. */
export type KernelAnswer = 'yes' | 'no' | 'unknown';

const FEATURES = {
  netem: { option: 'CONFIG_NET_SCH_NETEM', module: 'sch_netem' },
  nfqueue: { option: 'CONFIG_NETFILTER_XT_TARGET_NFQUEUE', module: 'xt_NFQUEUE' },
} as const;

/** Whether the kernel has a feature, built in or as a module. */
export async function kernelHas(feature: keyof typeof FEATURES): Promise<KernelAnswer> {
  const { option, module } = FEATURES[feature];
  const config = await kernelConfig();
  if (config !== undefined) return configHas(config, option);
  return modulesHave(`/lib/modules/${release()}`, module);
}

/** Reads one option of a kernel configuration; `=y` is built in, `=m` a module. */
export function configHas(config: string, option: string): KernelAnswer {
  return new RegExp(`^${option}=[ym]$`, 'm').test(config) ? 'yes' : 'no';
}

async function kernelConfig(): Promise<string | undefined> {
  const packed = await readFile('/proc/config.gz').catch(() => undefined);
  if (packed) return gunzipSync(packed).toString('utf8');
  return readFile(`/boot/config-${release()}`, 'utf8').catch(() => undefined);
}

async function modulesHave(folder: string, module: string): Promise<KernelAnswer> {
  const files = await readdir(folder, { recursive: true }).catch(() => undefined);
  if (files === undefined) return 'unknown';
  const builtIn = await readFile(`${folder}/modules.builtin`, 'utf8').catch(() => '');
  const pattern = new RegExp(`(^|/)${module}\\.ko(\\.[a-z]+)?$`, 'm');
  return pattern.test(builtIn) || files.some((file) => pattern.test(file)) ? 'yes' : 'no';
}
