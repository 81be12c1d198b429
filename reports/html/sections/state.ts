/** The sign and word of a judgement: never colour alone. */
import { html, type Markup } from '../markup.ts';

type Judged = 'held' | 'broken' | 'unknown';
const SIGNS = { held: '✓', broken: '✕', unknown: '?' } as const;
const WORDS = { held: 'Held', broken: 'Broken', unknown: 'Unknown' } as const;

/** Sign and word, as a pill. */
export function statePill(state: Judged): Markup {
  return html`<span class="pill ${state}"><b aria-hidden="true">${SIGNS[state]}</b> ${WORDS[state]}</span>`;
}

/** The sign alone, spoken as the word. */
export function stateSign(state: Judged): Markup {
  return html`<b class="sign ${state}" role="img" aria-label="${WORDS[state]}">${SIGNS[state]}</b>`;
}
