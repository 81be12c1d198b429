/** How a set's numbers and names are written, the same in every format. */
import { signedText } from '../../probes/slo/compare/judge-claim.ts';
import { numberText } from '../../probes/slo/judgement.ts';
import type { SetComparison } from './set-report.ts';

/** Values of single runs that are shown; of more, the mean alone. */
const VALUES_SHOWN_MAX = 6;

/** `201 (200, 199, 203)`. */
export function sideText({ values, mean }: SetComparison['variant']): string {
  if (mean === null) return '–';
  const each = values.map((value) => (value === null ? '–' : numberText(value))).join(', ');
  return values.length > 1 && values.length <= VALUES_SHOWN_MAX ? `${numberText(mean)} (${each})` : numberText(mean);
}

/** `−62% (−65% … −59%)`, in the measure's own unit where the claim is, or where the baseline may be 0; `–` where nothing was compared. */
export function differenceText({ difference, expect }: SetComparison): string {
  if (!difference) return '–';
  const { absolute, low, high, relative, relativeLow, relativeHigh } = difference;
  if (!expect.endsWith('%') || relative === null || relativeLow === null || relativeHigh === null)
    return `${signedText(absolute, false)} (${signedText(low, false)} … ${signedText(high, false)})`;
  return `${signedText(relative, true)} (${signedText(relativeLow, true)} … ${signedText(relativeHigh, true)})`;
}

/** `held`, `broken`, `unknown`, or the word for what is within the noise. */
export function outcomeText({ state, noDifferent }: SetComparison): string {
  return noDifferent ? `${state}, no different` : state;
}

/** `permutation test, p 0.029`. */
export function testText({ difference }: SetComparison): string {
  if (!difference) return '';
  return difference.pValue === null ? difference.test : `${difference.test}, p ${numberText(difference.pValue)}`;
}

/** `since the fault: jobs max`. */
export function measuredText({ measure, when }: SetComparison): string {
  return when === 'whole' ? measure : `${measure}, ${when} the fault`;
}
