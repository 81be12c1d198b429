/** Direct labels beside curves: each as near to its own curve's end as the others allow. */

/** Where a label would stand alone, in px from the top. */
export interface WantedPlace {
  readonly wantedPx: number;
}

/**
 * Tops of the labels, `linePx` apart at least and within 0…heightPx − linePx; the order from top to bottom is that of the wanted
 * places. When they cannot all fit they overflow at the bottom. The answer is in the order of the input.
 */
export function labelPlaces(wanted: readonly WantedPlace[], linePx: number, heightPx: number): number[] {
  const order = wanted
    .map((place, index) => ({ index, px: place.wantedPx - linePx / 2 }))
    .toSorted((left, right) => left.px - right.px || left.index - right.index);
  const places: number[] = [];
  order.forEach((each, rank) => {
    const lowest = Math.max(0, heightPx - (order.length - rank) * linePx);
    const after = rank === 0 ? 0 : (places[rank - 1] ?? 0) + linePx;
    places.push(Math.max(after, Math.min(each.px, lowest), 0));
  });
  const answer = new Array<number>(wanted.length).fill(0);
  order.forEach((each, rank) => {
    answer[each.index] = places[rank] ?? 0;
  });
  return answer;
}
