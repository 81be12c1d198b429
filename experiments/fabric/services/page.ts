/** The player page: pick a region, play a film or a channel, see who answers and how fresh the answer is. One string, nothing fetched from elsewhere. */
import { REGIONS } from './regions.ts';

const STYLE = `
  :root { color-scheme: dark; font: 15px/1.5 system-ui, sans-serif; background: #10141a; color: #e6e9ee }
  body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.3rem } a { color: #8ab4ff } canvas { width: 100%; image-rendering: pixelated; border-radius: .5rem; background: #000 }
  form { display: flex; gap: 1rem; flex-wrap: wrap; margin: 1rem 0 } label { display: grid; font-size: .85rem; color: #aab3c0 }
  select, button { font: inherit; padding: .3rem .6rem; background: #1d2430; color: inherit; border: 1px solid #3a4454; border-radius: .3rem }
  dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .5rem } dt { font-size: .8rem; color: #aab3c0 } dd { margin: 0; font-size: 1.1rem; font-variant-numeric: tabular-nums }
  .bad { color: #ff9d8a } .good { color: #8be0a4 }
  ol { padding: 0; list-style: none; font: 13px/1.5 ui-monospace, monospace; color: #aab3c0 }`;

/** Runs in the browser; plain text here, so it is written in old-fashioned words that need no build. */
const SCRIPT = `
  const $ = (id) => document.getElementById(id);
  const paint = $('screen').getContext('2d');
  let segment = 0, playing = true, lastRegion = '';
  const log = (text) => { const line = document.createElement('li'); line.textContent = new Date().toISOString().slice(11, 23) + '  ' + text; $('log').prepend(line); while ($('log').children.length > 12) $('log').lastChild.remove(); };
  const show = (id, text, good) => { $(id).textContent = text; $(id).className = good === undefined ? '' : good ? 'good' : 'bad'; };
  const ask = (path) => fetch(path, { headers: { 'x-viewer-region': $('viewer').value }, signal: AbortSignal.timeout(4000), cache: 'no-store' });
  async function draw(path) {
    const bytes = new Uint8Array(await (await ask(path)).arrayBuffer());
    const frame = paint.createImageData(64, 36), hue = bytes[0] * 1.4;
    for (let i = 0; i < 64 * 36; i++) {
      const x = i % 64, y = Math.floor(i / 64), wave = Math.sin((x + bytes[1]) / 9) + Math.cos((y + bytes[2]) / 7) + bytes[i] / 700;
      const a = (hue + wave * 50) * Math.PI / 180;
      frame.data.set([128 + 90 * Math.cos(a), 128 + 90 * Math.cos(a + 2.1), 128 + 90 * Math.cos(a + 4.2), 255], i * 4);
    }
    paint.putImageData(frame, 0, 0);
  }
  async function step() {
    const what = $('what').value, started = performance.now();
    try {
      const answer = await ask(what), body = await answer.json(), took = Math.round(performance.now() - started);
      if (!answer.ok) throw new Error(answer.status + ' ' + (body.error || ''));
      show('region', body.region, body.region === $('viewer').value); show('version', body.version);
      show('age', (body.ageMs / 1000).toFixed(1) + ' s'); show('stale', body.stale ? 'stale' : 'fresh', !body.stale);
      show('cache', body.cache); show('took', took + ' ms', took < 500); show('state', 'playing', true);
      if (body.region !== lastRegion) { log('served by ' + body.region); lastRegion = body.region; }
      const list = body.segments; segment += 1;
      await draw(list ? list[segment % list.length] : '/segment/' + body.channel + '/' + body.version);
    } catch (error) { show('state', 'stalled', false); log('no answer: ' + error.message); }
  }
  (async () => { for (;;) { if (playing) await step(); await new Promise((r) => setTimeout(r, 500)); } })();
  $('play').onclick = () => { playing = !playing; $('play').textContent = playing ? 'Pause' : 'Play'; if (!playing) show('state', 'paused'); };`;

function options(values: readonly (readonly [value: string, label: string])[]): string {
  return values.map(([value, label]) => `<option value="${value}">${label}</option>`).join('');
}

/** The page's HTML. */
export function playerPage(): string {
  const things = [
    ...Array.from({ length: 5 }, (_, index) => [`/live/channel-${index + 1}`, `Channel ${index + 1} (live)`] as const),
    ...Array.from({ length: 10 }, (_, index) => [`/manifest/video-${index + 1}`, `Film no. ${index + 1}`] as const),
  ];
  const facts = ['state', 'region', 'stale', 'age', 'version', 'cache', 'took'];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The fabric</title><link rel="icon" href="data:,"><style>${STYLE}</style>
<h1>The fabric: a global video CDN</h1>
<p>You are a viewer. Your packets enter where you choose; the front door sends them to the nearest region that is up.</p>
<form onsubmit="return false"><label>You are in <select id="viewer">${options(REGIONS.map((region) => [region, region]))}</select></label>
<label>You watch <select id="what">${options(things)}</select></label><label>&nbsp;<button id="play" type="button">Pause</button></label></form>
<canvas id="screen" width="64" height="36"></canvas>
<dl>${facts.map((fact) => `<div><dt>${fact}</dt><dd id="${fact}">–</dd></div>`).join('')}</dl>
<ol id="log"></ol>
<p><a href="/prometheus/">Prometheus</a> · <a href="/metrics">the front door's metrics</a></p>
<script>${SCRIPT}</script></html>`;
}
