/** What an experiment is about: the system under test, and the containers in it that faults and probes aim at. */
import { z } from 'zod';
import { text } from './names.ts';

const NOT_A_PICK = 'is not a pick; write how many containers, like 1, a share of them, like 30%, or all';

/** How many of the containers that match: so many, a share of them (0.3 for 30%), or all. */
export type Pick = { readonly count: number } | { readonly share: number } | 'all';

/** Drawn by the run's seed, so that the same seed draws the same containers. */
export const pick = z
  .union(
    [
      z.int({ error: NOT_A_PICK }).min(1, { error: NOT_A_PICK }),
      z.string().regex(/^([1-9]\d{0,5}|\d{1,2}(\.\d+)?%|100%|all)$/, { error: NOT_A_PICK }),
    ],
    { error: NOT_A_PICK },
  )
  .transform((written): Pick => {
    if (written === 'all') return 'all';
    const number = Number.parseFloat(String(written));
    return String(written).endsWith('%') ? { share: number / 100 } : { count: number };
  })
  .meta({ id: 'pick', description: 'How many of those that match: a number, a share like 30%, or all.' });

/** Which containers: every line given must hold. Only containers of the system count, where a system is named. */
export const targetSelector = z
  .strictObject({
    labels: z.record(z.string(), text).optional().describe('Container labels, all of them.'),
    service: z.string().optional().describe('The Compose service.'),
    project: z.string().optional().describe('The Compose project.'),
    'swarm-service': z.string().optional().describe('The Swarm service.'),
    name: z.string().optional().describe('The container name; `*` stands for any characters.'),
    image: z.string().optional().describe('The image; without a tag, any tag; `*` stands for any characters.'),
    engine: z.string().optional().describe('One of `engines`; without it, the engine that firedrill uses.'),
    pick: pick
      .prefault('all')
      .describe(
        "How many of those that match, drawn by the run's seed: a number, a share (rounded down, 1 at least), or all; default all.",
      ),
  })
  .meta({ id: 'target', description: 'Which containers: every line given must hold.' });
export type TargetSelector = z.output<typeof targetSelector>;

const NOT_A_HOST = 'is not the address of an engine; write it like tcp://host:2376, ssh://user@host or unix:///run/docker.sock';
const host = z
  .string()
  .regex(/^(unix|tcp|https?|ssh):\/\/./, { error: NOT_A_HOST })
  .describe('Its address, as in `DOCKER_HOST`.');
const engineMap = z.strictObject({
  host,
  tls: z.string().min(1).optional().describe('The folder of its `ca.pem`, `cert.pem` and `key.pem`.'),
});

/** An engine besides the one that firedrill uses: its address alone, or with its certificates. */
export const engine = z
  .union([host.transform((address): z.output<typeof engineMap> => ({ host: address })), engineMap])
  .meta({ id: 'engine', description: 'An engine: its address, or `{host, tls}`.' });

/** Variables given to the system under test. */
export const environment = z.record(z.string(), text);

/** The system as a path alone, and with its environment. */
export const systemPath = z.string().min(1).describe('The Compose file, relative to the folder of the experiment.');
export const systemMap = z.strictObject({
  compose: systemPath,
  environment: environment.default({}).describe('Variables for the Compose file.'),
});

/** The system under test: a Compose file, relative to the experiment's own folder, and the environment it is given. */
export const system = z.union([systemPath.transform((compose): z.output<typeof systemMap> => ({ compose, environment: {} })), systemMap]);
