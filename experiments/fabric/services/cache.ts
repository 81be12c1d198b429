/** The regional cache as the manifest service needs it: copies with a life, and leases that span processes. Redis stands behind it. */

/** What is kept of one thing that was read from the database. Times are ms since the epoch, by the region's own clock. */
export interface Copy {
  readonly body: Readonly<Record<string, unknown>>;
  readonly version: number;
  /** When it was read. */
  readonly readAtMs: number;
  /** The primary's state that it shows: the newest heartbeat visible to that same read. */
  readonly asOfMs: number;
  /** Until when it may be served without asking again. It is kept for longer, for the day when there is nobody to ask. */
  readonly freshUntilMs: number;
}

export interface Cache {
  get(key: string): Promise<Copy | undefined>;
  /** Keeps a copy for `keepMs`. */
  set(key: string, copy: Copy, keepMs: number): Promise<void>;
  /** Takes the lease on a name for `leaseMs`; false where somebody holds it. */
  acquire(name: string, token: string, leaseMs: number): Promise<boolean>;
  /** Prolongs a lease that is still ours. */
  renew(name: string, token: string, leaseMs: number): Promise<boolean>;
  /** Gives a lease back, if it is still ours. */
  release(name: string, token: string): Promise<void>;
}

/** A copy from its JSON; undefined where the text is none. */
export function parseCopy(text: string): Copy | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { body, version, readAtMs, asOfMs, freshUntilMs } = {
    body: undefined,
    version: undefined,
    readAtMs: undefined,
    asOfMs: undefined,
    freshUntilMs: undefined,
    ...value,
  };
  if (!isRecord(body)) return undefined;
  if (!isNumber(version) || !isNumber(readAtMs) || !isNumber(asOfMs) || !isNumber(freshUntilMs)) return undefined;
  return { body, version, readAtMs, asOfMs, freshUntilMs };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
