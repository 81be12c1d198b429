/** Pairwise regional deltas: how far the regions' p50, p95 or p99 lie apart. Below 50 ms is healthy. */

/** Two regions and the distance of their values, in the values' unit; undefined where one of them is not known, or neither ever answered. */
export interface RegionalDelta {
  readonly one: string;
  readonly other: string;
  readonly delta: number | undefined;
}

/**
 * |vᵢ − vⱼ| of every pair i < j, in the order of the map. A value may be endless, for a region that answers nothing: then its distance to one
 * that does is endless. Two endless values have no distance. NaN and undefined are regions that tell nothing.
 */
export function regionalDeltas(values: ReadonlyMap<string, number | undefined>): RegionalDelta[] {
  const regions = [...values];
  return regions.flatMap(([one, here], index) =>
    regions.slice(index + 1).map(([other, there]) => {
      const delta = Math.abs((here ?? Number.NaN) - (there ?? Number.NaN));
      return { one, other, delta: Number.isNaN(delta) ? undefined : delta };
    }),
  );
}

/**
 * The widest of the deltas, endless where one is. Undefined below two regions, and where a pair is not known while none is endless: a region that
 * says nothing is a gap, not a region that is near.
 */
export function widestDelta(values: ReadonlyMap<string, number | undefined>): RegionalDelta | undefined {
  const deltas = regionalDeltas(values);
  const endless = deltas.find(({ delta }) => delta === Number.POSITIVE_INFINITY);
  if (endless) return endless;
  if (deltas.some(({ delta }) => delta === undefined)) return undefined;
  return deltas.toSorted((one, other) => (other.delta ?? 0) - (one.delta ?? 0))[0];
}
