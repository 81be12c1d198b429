/**
 * Looks as a person does: a real browser plays a short journey, and the page has to hold what it promises. One browser serves all probes of a
 * run; each journey begins as a new visitor.
 */
import { launchChromium } from './browser/chromium.ts';
import { openJourney, settings } from './browser/journey.ts';
import { SharedBrowser } from './browser/shared-browser.ts';
import { defineProbe } from './probe.ts';

const shared = new SharedBrowser(launchChromium);

export const browser = defineProbe({
  name: 'browser',
  summary: 'Plays a journey in a real browser: opens, clicks, fills in, sees, watches a video play; a screenshot shows where it broke.',
  settings,
  looks: { label: 'Browser', colour: '#db2777' },
  needsTarget: false,
  open: (settings) => openJourney(settings, shared),
});
