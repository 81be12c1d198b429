/** Cross-region bytes: what went between zones, between regions and out to the internet, and what that costs. */
import { finite, totalOf } from './amounts.ts';

/** Bytes of one price's unit: a GB as it is billed, 10⁹. */
export const BYTES_PER_GB = 1e9;

/** Where an end of a connection is. Zones are told apart inside their region alone. */
export type Place = { readonly region: string; readonly zone?: string } | 'internet';

/** Bytes that one place sent to another; undefined is a place that nobody knows. */
export interface Flow {
  readonly from: Place | undefined;
  readonly to: Place | undefined;
  readonly bytes: number;
}

/** Bytes by the border that they crossed. What comes in from the internet crosses none that is billed, so it is `inside`. */
export interface CrossedBytes {
  readonly inside: number;
  readonly zone: number;
  readonly region: number;
  readonly internet: number;
  /** An end of them is not known, or a zone is on one side alone. */
  readonly unplaced: number;
}

/** USD per GB. Zone: the sender's and the receiver's together. Internet: from the cheapest to the dearest region. */
export interface TransferPrices {
  readonly zone: number;
  readonly region: number;
  readonly internet: readonly [number, number];
}

/** List prices of the large clouds: 0.01 each to a zone's sender and receiver, 0.02 between regions, 0.085 to 0.12 to the internet. */
export const TRANSFER_PRICES: TransferPrices = { zone: 0.02, region: 0.02, internet: [0.085, 0.12] };

function borderBetween(from: Place | undefined, to: Place | undefined): keyof CrossedBytes {
  if (!from || !to) return 'unplaced';
  if (from === 'internet') return 'inside';
  if (to === 'internet') return 'internet';
  if (from.region !== to.region) return 'region';
  if ((from.zone === undefined) !== (to.zone === undefined)) return 'unplaced';
  return from.zone === to.zone ? 'inside' : 'zone';
}

/** Adds flows up by border. Undefined where there are none, or where bytes are negative or no number. */
export function crossRegionBytes(flows: readonly Flow[]): CrossedBytes | undefined {
  if (totalOf(flows.map(({ bytes }) => bytes)) === undefined) return undefined;
  const crossed = { inside: 0, zone: 0, region: 0, internet: 0, unplaced: 0 };
  for (const { from, to, bytes } of flows) crossed[borderBetween(from, to)] += bytes;
  return crossed;
}

/**
 * Their cost in USD, from … to: Σ bytes / 10⁹ × price of the border. Bytes that are unplaced may have cost nothing, or the dearest price. Undefined
 * where a price is no number.
 */
export function transferCost(crossed: CrossedBytes, prices: TransferPrices = TRANSFER_PRICES): readonly [number, number] | undefined {
  const [cheap, dear] = prices.internet;
  const fixed = crossed.zone * prices.zone + crossed.region * prices.region;
  const dearest = Math.max(prices.zone, prices.region, dear);
  const least = finite((fixed + crossed.internet * cheap) / BYTES_PER_GB);
  const most = finite((fixed + crossed.internet * dear + crossed.unplaced * dearest) / BYTES_PER_GB);
  return least === undefined || most === undefined ? undefined : [least, most];
}
