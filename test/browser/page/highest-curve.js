/** Runs in the page: the name of the topmost curve of the first panel, and from where to where (in px of the page) it is in the upper half. */
(() => {
  const curves = [...document.querySelector('.panel').querySelectorAll('path.curve')].map((path) => {
    const matrix = path.getScreenCTM();
    const half = path.ownerSVGElement.viewBox.baseVal.height / 2;
    const xs = [];
    for (let at = 0; at < path.getTotalLength(); at += 0.5) {
      const point = path.getPointAtLength(at);
      if (point.y < half) xs.push(point.matrixTransform(matrix).x);
    }
    return { name: path.textContent, count: xs.length, from: Math.min(...xs), to: Math.max(...xs) };
  });
  return curves.filter((curve) => curve.count > 0);
})();
