/** Telling what the engine does not have from what it could not say. */

/** The HTTP status in the library's errors. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** The engine's answer; undefined where it has no such thing. Any other failure is thrown: a broken line says nothing of what is there. */
export async function ifThere<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
