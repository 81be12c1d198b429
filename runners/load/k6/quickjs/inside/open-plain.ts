/** The inside of a script that reads no HTML. */
import type { Bridge } from './bridge-inside.ts';
import { type Enter, openRealm } from './realm.ts';

export function open(tell: Bridge['tell'], wait: Bridge['wait']): Enter {
  return openRealm({ tell, wait }, undefined);
}
