/** What browsers showed where a journey broke: the pictures themselves, inside the page. */
import { momentOf } from '../../figures.ts';
import type { Report, ReportScreenshot } from '../../report.ts';
import { type Content, html, type Markup } from '../markup.ts';

/** The bytes of a report's screenshots by their `file`, as far as they could be read. */
export type Pictures = ReadonlyMap<string, Uint8Array>;

/** Pictures in one page; the others are named by their files. */
const PICTURES_MAX = 12;

function renderScreenshot({ atMs, probe, detail, file }: ReportScreenshot, picture: Uint8Array | undefined): Markup {
  const shown =
    picture &&
    html`<img src="data:image/jpeg;base64,${Buffer.from(picture).toString('base64')}" alt="The page at ${momentOf(atMs)}: ${detail}">`;
  return html`<figure>${shown}<figcaption><time>${momentOf(atMs)}</time> <b>${probe}</b>: ${detail}${!picture && html` <code>${file}</code>`}</figcaption></figure>`;
}

/** Nothing where no journey broke. */
export function renderScreenshots({ screenshots = [] }: Report, pictures: Pictures): Content {
  if (screenshots.length === 0) return false;
  const all = screenshots.map((each, index) => renderScreenshot(each, index < PICTURES_MAX ? pictures.get(each.file) : undefined));
  return html`<section><h2>Screenshots</h2><div class="screenshots">${all}</div></section>`;
}
