/**
 * The agent's clock against the runner's. Each round trip bounds the offset: the agent read its clock after we asked and
 * before we heard. Bounds of several round trips are intersected, as in Marzullo, "Maintaining the time in a
 * distributed system" (1984); where they allow no offset at all, both read the same clock, and none is assumed.
 */

export interface ClockOffset {
  /** One round trip: our clock when asking, the agent's clock, our clock when hearing. */
  observe(askedNs: bigint, agentNs: bigint, heardNs: bigint): void;
  /** Agent's clock minus ours; 0 before any round trip. */
  offsetNs(): bigint;
  /** How wrong that may be. */
  errorNs(): bigint;
}

export function clockOffset(): ClockOffset {
  let low: bigint | undefined;
  let high: bigint | undefined;
  const bounds = () => ({ low: low ?? 0n, high: high ?? 0n });
  const sameClock = () => bounds().low <= 0n && bounds().high >= 0n;
  return {
    observe(askedNs, agentNs, heardNs) {
      const least = agentNs - heardNs;
      const most = agentNs - askedNs;
      const nextLow = low !== undefined && low > least ? low : least;
      const nextHigh = high !== undefined && high < most ? high : most;
      // Clocks that drifted apart since the last round trip leave no common bound: the latest one is right.
      const common = nextLow <= nextHigh;
      low = common ? nextLow : least;
      high = common ? nextHigh : most;
    },
    offsetNs: () => (sameClock() ? 0n : (bounds().low + bounds().high) / 2n),
    errorNs: () => (sameClock() ? 0n : (bounds().high - bounds().low) / 2n),
  };
}
