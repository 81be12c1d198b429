/**
 * A network that an older engine cannot remove though nothing is on it. Docker 20.10 miscounts a network's endpoints when
 * several containers join or leave it at once, and refuses to remove it until the engine restarts, which counts anew.
 */
export interface RemovableNetwork {
  inspect(): Promise<{ readonly Name: string; readonly Containers?: Readonly<Record<string, unknown>> | null | undefined }>;
  remove(): Promise<unknown>;
}

const REFUSED = /has active endpoints/;

/** True where the words are the engine's refusal to remove a network that counts as in use. */
export function isRefusal(words: string): boolean {
  return REFUSED.test(words);
}

/** True where nothing is on the network and the engine still refuses to remove it. One that it does not refuse is removed. */
export async function isMiscounted(network: RemovableNetwork): Promise<boolean> {
  const { Containers } = await network.inspect();
  if (Object.keys(Containers ?? {}).length > 0) return false;
  try {
    await network.remove();
    return false;
  } catch (error) {
    return isRefusal(String(error));
  }
}
