/** `node experiments/fabric/film/make-film.ts`: draws the film of the fabric anew in a browser, and writes it where its services find it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { launchChromium } from '../../../probes/browser/chromium.ts';
import { webm } from './webm.ts';

/** Encoders are only for pages that came safely; nobody is asked for this one. */
const STAGE = 'https://film.invalid/';
const FILM = fileURLToPath(new URL('../services/film.webm', import.meta.url));

const browser = await launchChromium();
const page = await browser.newPage();
await page.route(STAGE, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
await page.goto(STAGE);
const drawn = z.array(z.string()).parse(await page.evaluate(readFileSync(new URL('draw-film.js', import.meta.url), 'utf8')));
await browser.close();
const frames = drawn.map((frame) => Buffer.from(frame, 'base64'));
writeFileSync(FILM, webm({ width: 256, height: 144, frameMs: 100, frames }));
console.log(`wrote ${FILM}: ${frames.length} frames`);
