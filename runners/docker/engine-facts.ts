/** What an engine and its host are, for `doctor` and for the journal. */
export interface FactsEngine {
  version(): Promise<{ Version: string; ApiVersion: string; MinAPIVersion?: string; KernelVersion?: string }>;
  info(): Promise<unknown>;
}

import { z } from 'zod';

const info = z.object({
  Architecture: z.string(),
  OperatingSystem: z.string(),
  Driver: z.string(),
  CgroupDriver: z.string().default('unknown'),
  CgroupVersion: z.string().default('1'),
  NCPU: z.number(),
  MemTotal: z.number(),
  KernelVersion: z.string(),
  ContainersRunning: z.number(),
  DockerRootDir: z.string(),
  SecurityOptions: z.array(z.string()).nullish(),
});

export interface EngineFacts {
  readonly version: string;
  readonly apiVersion: string;
  readonly operatingSystem: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly storageDriver: string;
  readonly cgroupVersion: string;
  readonly cgroupDriver: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly containersRunning: number;
  /** What confines containers there: `apparmor`, `seccomp`, `selinux`, `userns`, `rootless` … */
  readonly confinement: readonly string[];
  /** Where the engine keeps its data, on its own host. */
  readonly dataFolder: string;
}

/** Asks the engine. */
export async function engineFacts(docker: FactsEngine): Promise<EngineFacts> {
  const [version, raw] = await Promise.all([docker.version(), docker.info()]);
  const parsed = info.parse(raw);
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    operatingSystem: parsed.OperatingSystem,
    kernel: parsed.KernelVersion,
    architecture: parsed.Architecture,
    storageDriver: parsed.Driver,
    cgroupVersion: parsed.CgroupVersion,
    cgroupDriver: parsed.CgroupDriver,
    cpus: parsed.NCPU,
    memoryBytes: parsed.MemTotal,
    containersRunning: parsed.ContainersRunning,
    confinement: confinementOf(parsed.SecurityOptions ?? []),
    dataFolder: parsed.DockerRootDir,
  };
}

/** The names in `name=seccomp,profile=default`; engines before 17 say only `seccomp`. */
export function confinementOf(options: readonly string[]): readonly string[] {
  return options.map((option) => (option.split(',')[0] ?? option).replace(/^name=/, ''));
}
