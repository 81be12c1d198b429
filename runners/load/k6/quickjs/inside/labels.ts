/** A map of names to texts that is kept outside: the tags and the metadata of a virtual user. */
import { ASK } from '../bridge.ts';

export type LabelMap = 'tags' | 'metadata';

export function labelsOutside(map: LabelMap, ask: (what: number, text: string) => unknown): Record<string, string> {
  const say = (what: number, ...more: readonly string[]): unknown => ask(what, JSON.stringify([map, ...more]));
  const get = (name: string): string | undefined => {
    const value = say(ASK.label, name);
    return typeof value === 'string' ? value : undefined;
  };
  return new Proxy<Record<string, string>>(
    {},
    {
      get: (_target, name) => (typeof name === 'string' ? get(name) : undefined),
      has: (_target, name) => typeof name === 'string' && get(name) !== undefined,
      set: (_target, name, value) => {
        if (typeof name === 'string') say(ASK.setLabel, name, String(value));
        return true;
      },
      deleteProperty: (_target, name) => {
        if (typeof name === 'string') say(ASK.dropLabel, name);
        return true;
      },
      ownKeys: () => JSON.parse(String(say(ASK.labels))),
      getOwnPropertyDescriptor: (_target, name) => {
        const value = typeof name === 'string' ? get(name) : undefined;
        return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
      },
    },
  );
}
