/** Chance that can be seen again, for tests: the same as comparisons draw by. */
export { randomFrom } from '../../probes/slo/compare/random-from.ts';
