/** What an experiment is about: the system under test, and the containers in it that faults and probes aim at. */
import { z } from 'zod';
import { text } from './names.ts';

/** Which containers: every line given must hold. Only containers of the system count, where a system is named. */
export const targetSelector = z
  .strictObject({
    labels: z.record(z.string(), text).optional().describe('Container labels, all of them.'),
    service: z.string().optional().describe('The Compose service.'),
    project: z.string().optional().describe('The Compose project.'),
    name: z.string().optional().describe('The container name.'),
  })
  .meta({ id: 'target', description: 'Which containers: every line given must hold.' });
export type TargetSelector = z.output<typeof targetSelector>;

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
