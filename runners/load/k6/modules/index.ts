/** The modules that scripts import, by name. Each virtual user has its own, made when its script first asks for one. */
import type { ScriptHost } from '../host.ts';
import { cryptoModule } from './crypto.ts';
import { dataModule } from './data.ts';
import { encodingModule } from './encoding.ts';
import { executionModule } from './execution.ts';
import type { HttpModule, ParsePage } from './http/exports.ts';
import { k6Module } from './k6.ts';
import { metricsModule } from './metrics.ts';
import { timersModule } from './timers.ts';
import { wsModule } from './ws.ts';

type Exports = Readonly<Record<string, unknown>>;

/** What the modules but `k6/http` ask of their host. */
export type ModulesHost = Omit<ScriptHost, 'request' | 'requestLater' | 'together' | 'requested' | 'compress'>;

const MODULES: Readonly<Record<string, (host: ModulesHost) => Exports>> = {
  k6: k6Module,
  'k6/crypto': cryptoModule,
  'k6/data': dataModule,
  'k6/encoding': encodingModule,
  'k6/execution': executionModule,
  'k6/metrics': metricsModule,
  'k6/timers': timersModule,
};

/** Names of the modules that there are. */
export const MODULE_NAMES: readonly string[] = [...Object.keys(MODULES), 'k6/html', 'k6/http', 'k6/ws'].sort();

/** The parser of pages, and the module of it: loaded only for scripts that read HTML. */
export interface Pages {
  readonly parsePage: ParsePage;
  readonly htmlModule: () => Exports;
}

/** The modules of one virtual user. */
export interface Modules {
  /** What a module exports, by its name, and all together as `default`. Throws where there is none of that name. */
  of(name: string): Exports;
  /** Drops what belongs to an iteration: cookies. */
  endIteration(): void;
}

/** `makeHttp` makes `k6/http`, when a script first asks for it. */
export function modulesFor(host: ModulesHost, pages: Pages | undefined, makeHttp: () => HttpModule): Modules {
  const loaded = new Map<string, Exports>();
  let http: HttpModule | undefined;
  const httpOf = (): HttpModule => {
    http ??= makeHttp();
    return http;
  };
  const make = (name: string): Exports => {
    if (name === 'k6/http') return httpOf().exports;
    if (name === 'k6/ws') return wsModule(host, () => httpOf().jar());
    if (name === 'k6/html' && pages) return pages.htmlModule();
    const plain = MODULES[name];
    if (!plain) throw new Error(`there is no module '${name}'; there are ${MODULE_NAMES.join(', ')}`);
    return plain(host);
  };
  return {
    of(name) {
      const found = loaded.get(name);
      if (found) return found;
      const exports = make(name);
      const made = { ...exports, default: exports };
      loaded.set(name, made);
      return made;
    },
    endIteration: () => http?.endIteration(),
  };
}
