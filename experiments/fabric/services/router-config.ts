/** Prints the HAProxy configuration of the part named on the command line, `front-door` or `edge`, for this environment. */
import { edgeConfig } from './edge-config.ts';
import { frontDoorConfig } from './front-door-config.ts';
import { parseRegion, parseRegions } from './regions.ts';
import { readSwitch, readText } from './settings.ts';

const [, , part] = process.argv;
if (part === 'front-door') {
  const deployed = parseRegions(readText(process.env, 'FABRIC_REGIONS'));
  const [failover, steering] = [readSwitch(process.env, 'FABRIC_FAILOVER'), readSwitch(process.env, 'FABRIC_STEERING')];
  process.stdout.write(frontDoorConfig({ deployed, failover, steering }));
} else if (part === 'edge') {
  process.stdout.write(edgeConfig(parseRegion(readText(process.env, 'REGION'))));
} else {
  throw new Error(`'${part}' is not a part of the fabric; there are front-door and edge`);
}
