/** One row of the time figure: a label, the track on the shared axis, and room for direct labels on the right. */
import { type Content, html, type Markup } from './markup.ts';

export interface Row {
  readonly label: Content;
  /** Smaller, behind the label. */
  readonly detail?: Content;
  readonly track: Content;
  readonly right?: Content;
  readonly heightPx: number;
  /** What a screen reader says of a track that has no SVG with a title. */
  readonly description?: string;
  readonly kind: string;
}

/** The row as HTML. */
export function renderRow(row: Row): Markup {
  const spoken = row.description === undefined ? undefined : html` role="img" aria-label="${row.description}"`;
  return html`<div class="row ${row.kind}"><div class="label"><span class="name">${row.label}</span>${row.detail && html` <span class="detail">${row.detail}</span>`}</div>
<div class="track" style="height:${row.heightPx}px"${spoken}>${row.track}</div><div class="right">${row.right}</div></div>
`;
}

/** A heading between rows. */
export function renderGroup(title: string, detail?: string): Markup {
  return html`<div class="group"><h3>${title}</h3>${detail !== undefined && html`<p>${detail}</p>`}</div>
`;
}

/** A stretch of a lane. `tone` is a class; `text` shows where there is room, `title` on pointing at it. */
export interface Segment {
  readonly fromPercent: number;
  readonly toPercent: number;
  readonly tone: string;
  readonly text?: string;
  readonly title: string;
  /** Sets `--colour`; must be a safe colour. */
  readonly colour?: string;
}

/** The stretch as HTML. */
export function renderSegment(segment: Segment): Markup {
  const width = Number(Math.max(0, segment.toPercent - segment.fromPercent).toFixed(3));
  const colour = segment.colour === undefined ? '' : `;--colour:${segment.colour}`;
  return html`<i class="segment ${segment.tone}" style="left:${segment.fromPercent}%;width:${width}%${colour}" title="${segment.title}">${segment.text}</i>`;
}

/** A mark at an instant: a thin stroke with a sign on top. */
export function renderMark(atPercent: number, tone: string, sign: string, title: string): Markup {
  return html`<i class="mark ${tone}" style="left:${atPercent}%" title="${title}"><b>${sign}</b></i>`;
}
