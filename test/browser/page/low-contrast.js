/** Runs in the page: texts whose contrast with the ground behind them (WCAG 2.2, by relative luminance) is below 4.5. */
(() => {
  const numbers = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = numbers(colour).map((each) => {
      const share = each / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (start) => {
    for (let at = start; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour.startsWith('rgb') && (numbers(colour)[3] ?? 1) === 1) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const poor = [];
  let looked = 0;
  for (const element of document.querySelectorAll('main *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || element.closest('svg') !== null || element.matches('.segment.fault, .segment.phase')) continue;
    looked += 1;
    const [lighter, darker] = [luminance(getComputedStyle(element).color), luminance(ground(element))].toSorted((a, b) => b - a);
    const contrast = (lighter + 0.05) / (darker + 0.05);
    if (contrast < 4.5) poor.push(`${element.className} ${element.textContent}: ${contrast.toFixed(2)}`);
  }
  return { looked, poor };
})();
