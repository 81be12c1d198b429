/** A directory as a container sees it. */
import { z } from 'zod';

const PATH_CHARACTERS_MAX = 1024;

export const pathInside = z
  .string()
  .max(PATH_CHARACTERS_MAX)
  .regex(/^\/[^\0]*$/, { error: 'is not a path inside the container; write it from the root, like /var/lib/data' });
