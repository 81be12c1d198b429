/** The page at `/`: pick where you are and what you watch, see it play, who answers and how fresh the answer is. One string, nothing fetched from elsewhere. */
import { REGIONS } from './regions.ts';
import { SEGMENT_TYPE } from './segment.ts';

const STYLE = `
  :root { color-scheme: dark; font: 15px/1.5 system-ui, sans-serif; background: #10141a; color: #e6e9ee }
  body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.3rem } a { color: #8ab4ff } video { display: block; width: 100%; aspect-ratio: 16 / 9; border-radius: .5rem; background: #000 }
  form { display: flex; gap: 1rem; flex-wrap: wrap; margin: 1rem 0 } label { display: grid; font-size: .85rem; color: #aab3c0 }
  select, button { font: inherit; padding: .3rem .6rem; background: #1d2430; color: inherit; border: 1px solid #3a4454; border-radius: .3rem }
  dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .5rem } dt { font-size: .8rem; color: #aab3c0 } dd { margin: 0; font-size: 1.1rem; font-variant-numeric: tabular-nums }
  .bad { color: #ff9d8a } .good { color: #8be0a4 }
  ol { padding: 0; list-style: none; font: 13px/1.5 ui-monospace, monospace; color: #aab3c0 }`;

/**
 * Runs in the browser; plain text here, so it is written in old-fashioned words that need no build. Every half second it asks for the manifest,
 * and for the next segment while less than AHEAD seconds are in hand; `?viewer=<region>&watch=<path>` choose at the start.
 */
const SCRIPT = `
  const AHEAD = 4, KEEP = 30, asked = new URLSearchParams(location.search);
  const $ = (id) => document.getElementById(id);
  const choose = (id, value) => { if ([...$(id).options].some((option) => option.value === value)) $(id).value = value; };
  choose('viewer', asked.get('viewer')); choose('what', asked.get('watch'));
  const video = $('screen'), media = new MediaSource();
  let segment = 0, playing = true, lastRegion = '', errors = 0;
  const log = (text) => { const line = document.createElement('li'); line.textContent = new Date().toISOString().slice(11, 23) + '  ' + text; $('log').prepend(line); while ($('log').children.length > 12) $('log').lastChild.remove(); };
  const show = (id, text, good) => { $(id).textContent = text; $(id).className = good === undefined ? '' : good ? 'good' : 'bad'; };
  async function ask(path) {
    const answer = await fetch(path, { headers: { 'x-viewer-region': $('viewer').value }, signal: AbortSignal.timeout(4000), cache: 'no-store' });
    if (!answer.ok) throw new Error(answer.status + ' ' + ((await answer.json().catch(() => ({}))).error || ''));
    return answer;
  }
  const opened = new Promise((resolve) => media.addEventListener('sourceopen', () => {
    const buffer = media.addSourceBuffer('${SEGMENT_TYPE}');
    buffer.mode = 'sequence';
    resolve(buffer);
  }, { once: true }));
  const settled = (buffer) => new Promise((resolve) => buffer.addEventListener('updateend', resolve, { once: true }));
  const inHand = () => video.buffered.length ? video.buffered.end(video.buffered.length - 1) - video.currentTime : 0;
  async function feed(path) {
    const bytes = await (await ask(path)).arrayBuffer(), buffer = await opened;
    buffer.appendBuffer(bytes);
    await settled(buffer);
    if (video.currentTime > 2 * KEEP && video.buffered.start(0) < video.currentTime - 2 * KEEP) {
      buffer.remove(0, video.currentTime - KEEP);
      await settled(buffer);
    }
    if (playing && video.paused) await video.play();
  }
  async function step() {
    const what = $('what').value, started = performance.now();
    try {
      const body = await (await ask(what)).json(), took = Math.round(performance.now() - started);
      show('region', body.region, body.region === $('viewer').value); show('version', body.version);
      show('age', (body.ageMs / 1000).toFixed(1) + ' s'); show('stale', body.stale ? 'stale' : 'fresh', !body.stale);
      show('cache', body.cache); show('took', took + ' ms', took < 500);
      if (body.region !== lastRegion) { log('served by ' + body.region); lastRegion = body.region; }
      video.style.filter = 'hue-rotate(' + [...what].reduce((sum, letter) => sum + letter.charCodeAt(0) * 7, 0) % 360 + 'deg)';
      const list = body.segments;
      if (inHand() < AHEAD) { segment += 1; await feed(list ? list[segment % list.length] : '/segment/' + body.channel + '/' + body.version); }
      show('state', 'playing', true);
    } catch (error) { errors += 1; show('state', 'stalled', false); log('no answer: ' + error.message); }
    show('errors', errors, errors === 0);
  }
  video.src = URL.createObjectURL(media);
  video.addEventListener('error', () => { errors += 1; show('errors', errors, false); log('the video cannot be played: ' + video.error.message); });
  (async () => { for (;;) { if (playing) await step(); await new Promise((r) => setTimeout(r, 500)); } })();
  $('play').onclick = () => { playing = !playing; $('play').textContent = playing ? 'Pause' : 'Play'; if (playing) video.play(); else { video.pause(); show('state', 'paused'); } };`;

function options(values: readonly (readonly [value: string, label: string])[]): string {
  return values.map(([value, label]) => `<option value="${value}">${label}</option>`).join('');
}

/** The page's HTML. */
export function playerPage(): string {
  const things = [
    ...Array.from({ length: 5 }, (_, index) => [`/live/channel-${index + 1}`, `Channel ${index + 1} (live)`] as const),
    ...Array.from({ length: 10 }, (_, index) => [`/manifest/video-${index + 1}`, `Film no. ${index + 1}`] as const),
  ];
  const facts = ['state', 'region', 'stale', 'age', 'version', 'cache', 'took', 'errors'];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The fabric</title><link rel="icon" href="data:,"><style>${STYLE}</style>
<h1>The fabric: a global video CDN</h1>
<p>You are a viewer. Your packets enter where you choose; the front door sends them to the nearest region that is up.</p>
<form onsubmit="return false"><label>You are in <select id="viewer">${options(REGIONS.map((region) => [region, region]))}</select></label>
<label>You watch <select id="what">${options(things)}</select></label><label>&nbsp;<button id="play" type="button">Pause</button></label></form>
<video id="screen" muted autoplay playsinline></video>
<dl>${facts.map((fact) => `<div><dt>${fact}</dt><dd id="${fact}">–</dd></div>`).join('')}</dl>
<ol id="log"></ol>
<p><a href="/prometheus/">Prometheus</a> · <a href="/metrics">the front door's metrics</a></p>
<script>${SCRIPT}</script></html>`;
}
