/** A map of names to texts that is kept outside: the tags and the metadata of a virtual user. */
import { utf8Text } from '../../modules/bytes.ts';
import { ASK } from '../bridge.ts';

export type LabelMap = 'tags' | 'metadata';

export function labelsOutside(map: LabelMap, ask: (what: number, text: string) => unknown): Record<string, string> {
  /** In lines: the map, then name and value as JSON. */
  const say = (what: number, name: string): unknown => ask(what, `${map}\n${JSON.stringify(name)}`);
  const get = (name: string): string | undefined => {
    const value = say(ASK.label, name);
    if (value instanceof ArrayBuffer) return utf8Text(new Uint8Array(value));
    return typeof value === 'string' ? value : undefined;
  };
  return new Proxy<Record<string, string>>(
    {},
    {
      get: (_target, name) => (typeof name === 'string' ? get(name) : undefined),
      has: (_target, name) => typeof name === 'string' && get(name) !== undefined,
      set: (_target, name, value) => {
        if (typeof name === 'string') ask(ASK.setLabel, `${map}\n${JSON.stringify(name)}\n${JSON.stringify(String(value))}`);
        return true;
      },
      deleteProperty: (_target, name) => {
        if (typeof name === 'string') say(ASK.dropLabel, name);
        return true;
      },
      ownKeys: () => JSON.parse(String(ask(ASK.labels, map))),
      getOwnPropertyDescriptor: (_target, name) => {
        const value = typeof name === 'string' ? get(name) : undefined;
        return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
      },
    },
  );
}
