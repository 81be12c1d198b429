/** The steady-state hypothesis: each part as it was seen before, after arming, and at the end. */
import { momentOf } from '../../figures.ts';
import type { Report } from '../../report.ts';
import { html, type Markup } from '../markup.ts';
import { statePill, stateSign } from './state.ts';

const WHEN = { before: 'Before', armed: 'After arming', after: 'After the undo' } as const;
type Judgement = Report['hypothesis'][number];

/** The last judgement of each moment: the hypothesis is judged again and again while it waits. */
function lastOfEach(report: Report): Judgement[] {
  const moments = ['before', 'armed', 'after'] as const;
  return moments.flatMap((when) => report.hypothesis.findLast((each) => each.when === when) ?? []);
}

/** The table; a sentence where there is no hypothesis or it was never judged. */
export function renderHypothesis(report: Report): Markup {
  const judgements = lastOfEach(report);
  const texts = [...new Set(judgements.flatMap((each) => each.parts.map((part) => part.text)))];
  if (texts.length === 0) return html`<section><h2>Steady-state hypothesis</h2><p>None was judged.</p></section>`;
  const rows = texts.map((text) => {
    const seen = judgements.map((judgement) => {
      const part = judgement.parts.find((each) => each.text === text);
      return html`<td class="prose" data-label="${WHEN[judgement.when]}">${part === undefined ? '–' : [stateSign(part.state), ' ', part.seen]}</td>`;
    });
    return html`<tr><th scope="row"><code>${text}</code></th>${seen}</tr>`;
  });
  const heads = judgements.map(
    (each) => html`<th scope="col">${WHEN[each.when]}<small>${momentOf(each.atMs)}</small>${statePill(each.state)}</th>`,
  );
  return html`<section><h2>Steady-state hypothesis</h2><table class="stacking hypothesis"><thead><tr><th scope="col">Must hold</th>${heads}</tr></thead><tbody>${rows}</tbody></table></section>`;
}
