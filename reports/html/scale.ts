/** Scales and ticks. Across, everything is percent of the track, so that one axis serves every width of paper and screen. */

/** The time axis of a run: 0 to its end. */
export interface TimeAxis {
  readonly endMs: number;
  /** Position in percent of the track, held within 0–100. */
  percent(atMs: number): number;
  readonly ticks: readonly { readonly atMs: number; readonly text: string }[];
}

/** A value axis: position in px from the top, held within the plot. */
export interface ValueAxis {
  readonly heightPx: number;
  y(value: number): number;
  readonly ticks: readonly number[];
}

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400] as const;
const TIME_TICKS_MAX = 12;
/** Ticks of a log axis are at least this far apart. */
const LOG_TICK_PX_MIN = 20;
/** From here on ticks read m:ss. */
const MINUTES_FROM_MS = 150_000;

function tickText(atMs: number, endMs: number): string {
  const seconds = atMs / 1000;
  if (endMs < MINUTES_FROM_MS) return `${Number(seconds.toFixed(1))}s`;
  const whole = Math.round(Math.abs(seconds));
  return `${seconds < 0 ? '−' : ''}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Round moments in a span, `zeroMs` among them when it lies inside; texts count from zero. */
export function timeTicks(endMs: number, zeroMs = 0): { atMs: number; text: string }[] {
  const stepS = STEPS_S.find((step) => endMs / (step * 1000) <= TIME_TICKS_MAX) ?? Math.ceil(endMs / 1000 / TIME_TICKS_MAX);
  const stepMs = stepS * 1000;
  const ticks: { atMs: number; text: string }[] = [];
  for (let offsetMs = -Math.floor(zeroMs / stepMs) * stepMs; zeroMs + offsetMs <= endMs; offsetMs += stepMs) {
    ticks.push({ atMs: zeroMs + offsetMs, text: tickText(offsetMs, endMs) });
  }
  return ticks;
}

/** The axis of a run that lasted so long. */
export function timeAxis(lengthMs: number): TimeAxis {
  const endMs = Math.max(1, lengthMs);
  return {
    endMs,
    percent: (atMs) => Number(Math.min(100, Math.max(0, (atMs / endMs) * 100)).toFixed(3)),
    ticks: timeTicks(endMs),
  };
}

/** The smallest of 1, 2, 2.5, 5 × 10ⁿ that is no smaller than the value. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** From zero to a round number above the greatest value. */
export function linearAxis(greatest: number, heightPx: number, tickCount = 4): ValueAxis {
  const step = niceCeiling(Math.max(greatest, 1e-9) / tickCount);
  const top = Math.ceil((greatest / step) * (1 - 1e-9)) * step || step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return { heightPx, ticks, y: (value) => heightPx * (1 - Math.min(1, Math.max(0, value / top))) };
}

/** Powers of ten that enclose the values; smaller ones lie on the floor. */
export function logAxis(least: number, greatest: number, heightPx: number): ValueAxis {
  const low = Math.floor(Math.log10(Math.max(least, 1e-3)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(greatest, 1e-3)) - 1e-9));
  const every = Math.ceil(((high - low) * LOG_TICK_PX_MIN) / heightPx);
  const ticks = Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, index) => 10 ** (low + index * every));
  const share = (value: number): number => (Math.log10(Math.max(value, 1e-9)) - low) / (high - low);
  return { heightPx, ticks, y: (value) => heightPx * (1 - Math.min(1, Math.max(0, share(value)))) };
}
