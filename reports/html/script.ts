/** The only script of the page: a cursor that reads the time under the pointer. The page says everything without it. */

/** Source of the inline script. */
export const SCRIPT = `(() => {
const figure = document.querySelector('.figure');
const cursor = figure && figure.querySelector('.cursor');
const track = figure && figure.querySelector('.track');
if (!cursor || !track || !matchMedia('(hover: hover)').matches) return;
const endMs = Number(figure.dataset.endMs);
const proofMs = figure.dataset.proofMs ? Number(figure.dataset.proofMs) : undefined;
const text = (ms) => (ms / 1000).toFixed(1) + 's';
figure.addEventListener('pointermove', (event) => {
  const box = track.getBoundingClientRect();
  const share = (event.clientX - box.left) / box.width;
  cursor.hidden = share < 0 || share > 1;
  if (cursor.hidden) return;
  const ms = share * endMs;
  cursor.style.left = (event.clientX - figure.getBoundingClientRect().left) + 'px';
  const fromProof = proofMs === undefined ? '' : ' · effect ' + (ms < proofMs ? '\\u2212' : '+') + text(Math.abs(ms - proofMs));
  cursor.firstElementChild.textContent = text(ms) + fromProof;
  cursor.classList.toggle('flipped', share > 0.8);
});
figure.addEventListener('pointerleave', () => { cursor.hidden = true; });
})();`;
