/** The fabric's switches and figures, read from the environment once, at the start. A value that cannot be read ends the process with a sentence. */

export type Environment = Readonly<Record<string, string | undefined>>;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A text that must be there. */
export function readText(environment: Environment, name: string): string {
  const text = environment[name];
  if (text === undefined || text === '') throw new Error(`${name} is not set`);
  return text;
}

/** `on` or `off`; on when it is not set, because protections are on by default. */
export function readSwitch(environment: Environment, name: string): boolean {
  const text = environment[name] || 'on';
  if (text !== 'on' && text !== 'off') throw new Error(`${name} is '${text}'; it may be on or off`);
  return text === 'on';
}

/** A length in ms of `250ms`, `10s`, `15m`; `off` and `0` are none. */
export function readDurationMs(environment: Environment, name: string, otherwise: string): number {
  const text = environment[name] || otherwise;
  if (text === 'off' || text === '0') return 0;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (unitMs === undefined) throw new Error(`${name} is '${text}'; write it like 250ms, 10s, 15m or off`);
  return Number(amount) * unitMs;
}

/** A positive number. */
export function readNumber(environment: Environment, name: string, otherwise: number): number {
  const value = Number(environment[name] || otherwise);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} is '${environment[name]}'; it must be a number above 0`);
  return value;
}
