/** A container's limits as the engine has set them, in the words of cgroup-limits.ts: what to go by where the agent's memory is lost. */
import { z } from 'zod';
import { diskText } from './cgroup-limits.ts';

const PERIOD_US_DEFAULT = 100_000;
const rate = z.array(z.object({ Path: z.string(), Rate: z.number() })).nullish();

/** The part of an inspection's HostConfig that is about limits; engines leave out what they do not know. */
export const engineLimits = z.object({
  NanoCpus: z.number().nullish(),
  CpuQuota: z.number().nullish(),
  CpuPeriod: z.number().nullish(),
  Memory: z.number().nullish(),
  BlkioDeviceReadBps: rate,
  BlkioDeviceWriteBps: rate,
  BlkioDeviceReadIOps: rate,
  BlkioDeviceWriteIOps: rate,
});

export interface EngineLimits {
  readonly cpu: string;
  readonly memory: string;
  /** Of the disk `254:0`, which the engine knows by its path (`/dev/vda`). */
  disk(device: string, path: string): string;
}

export function limitsOf(config: z.output<typeof engineLimits>): EngineLimits {
  const periodUs = config.CpuPeriod || PERIOD_US_DEFAULT;
  const quotaUs = config.NanoCpus ? Math.round((config.NanoCpus * PERIOD_US_DEFAULT) / 1e9) : config.CpuQuota || 0;
  return {
    cpu: `${quotaUs > 0 ? quotaUs : 'max'} ${config.NanoCpus ? PERIOD_US_DEFAULT : periodUs}`,
    memory: config.Memory ? String(config.Memory) : 'max',
    disk(device, path) {
      const of = (rates: z.output<typeof rate>) => rates?.find(({ Path }) => Path === path)?.Rate;
      return diskText(device, {
        rbps: of(config.BlkioDeviceReadBps),
        wbps: of(config.BlkioDeviceWriteBps),
        riops: of(config.BlkioDeviceReadIOps),
        wiops: of(config.BlkioDeviceWriteIOps),
      });
    },
  };
}
