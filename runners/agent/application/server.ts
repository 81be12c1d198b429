/** Where a PostgreSQL listens inside its container, and as whom our programs come to it. */
import { z } from 'zod';

export const serverShape = z.object({
  port: z.int().min(1).max(65_535),
  user: z.string(),
  password: z.string().exactOptional(),
  database: z.string(),
});
export type Server = z.output<typeof serverShape>;
