/** The five regions and how far they lie apart. Everything that routes by distance asks here. */

export const REGIONS = ['us-east-1', 'eu-central-1', 'ap-northeast-1', 'sa-east-1', 'ap-southeast-1'] as const;
export type Region = (typeof REGIONS)[number];

/** Home of the primary database; also where a viewer of unknown origin is sent. */
export const HOME: Region = 'us-east-1';

/** Round trips between regions in ms, rounded, as public latency tables give them; each pair once. */
const ROUND_TRIP_MS: Readonly<Record<string, number>> = {
  'us-east-1 eu-central-1': 90,
  'us-east-1 ap-northeast-1': 145,
  'us-east-1 sa-east-1': 115,
  'us-east-1 ap-southeast-1': 210,
  'eu-central-1 ap-northeast-1': 225,
  'eu-central-1 sa-east-1': 200,
  'eu-central-1 ap-southeast-1': 160,
  'ap-northeast-1 sa-east-1': 255,
  'ap-northeast-1 ap-southeast-1': 70,
  'sa-east-1 ap-southeast-1': 320,
};

/** Round trip between two regions in ms; 0 within one. */
export function distanceMs(one: Region, other: Region): number {
  if (one === other) return 0;
  return ROUND_TRIP_MS[`${one} ${other}`] ?? ROUND_TRIP_MS[`${other} ${one}`] ?? Number.POSITIVE_INFINITY;
}

/** The deployed regions, nearest to `viewer` first; its own leads where it is deployed. */
export function nearestFirst(viewer: Region, deployed: readonly Region[]): readonly Region[] {
  return deployed.toSorted((one, other) => distanceMs(viewer, one) - distanceMs(viewer, other));
}

/** A region by its name; throws, naming those there are. */
export function parseRegion(text: string): Region {
  const found = REGIONS.find((region) => region === text);
  if (!found) throw new Error(`'${text}' is not a region; there are ${REGIONS.join(', ')}`);
  return found;
}

/** FABRIC_REGIONS: a comma list, in the table's order, home always among them; empty means all. */
export function parseRegions(text: string): readonly Region[] {
  const named = text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map(parseRegion);
  return named.length === 0 ? REGIONS : REGIONS.filter((region) => region === HOME || named.includes(region));
}
