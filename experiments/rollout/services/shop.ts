/** The shop: POST /build/<name> makes it another build, of which `bad` fails every fifth checkout. */
import { type Answer, serveHttp } from '../../fabric/services/http-service.ts';
import { Metrics } from '../../fabric/services/metrics.ts';

/** Of the bad build: one checkout in so many fails. */
const BAD_EVERY = 5;

let build = 'good';
let checkouts = 0;

function checkout(): Answer {
  checkouts += 1;
  const fails = build === 'bad' && checkouts % BAD_EVERY === 0;
  return { status: fails ? 500 : 200, body: { build, paid: !fails }, headers: { 'x-build': build } };
}

function install([name = '']: readonly string[], method: string): Answer {
  if (method !== 'POST') return { status: 405, body: 'POST it' };
  if (name !== 'good' && name !== 'bad') return { status: 400, body: `there is no build '${name}'; there are good and bad` };
  build = name;
  return { status: 200, body: { build } };
}

serveHttp({ port: 8080, metrics: new Metrics(), unwell: () => undefined, routes: { checkout, build: install } });
