/** Variants: named overlays that are merged over the file before it is checked. */
import { z } from 'zod';
import { environment } from './target.ts';

/** What a variant may change: the system's environment, load and objectives; everything else stays as it is. */
export const overlay = z
  .strictObject({
    description: z.string().optional(),
    environment: environment.default({}).describe('Environment of the system.'),
    load: z.record(z.string(), z.unknown()).optional().describe('Merged over the load, key by key.'),
    objectives: z.record(z.string(), z.unknown()).optional().describe('Merged over the objectives, key by key.'),
  })
  .meta({ id: 'variant', description: 'A named overlay: maps are merged key by key, anything else is replaced.' });
export type Overlay = z.output<typeof overlay>;
