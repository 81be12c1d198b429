/** `k6/http`, for one virtual user. */
import type { ScriptHost } from '../host.ts';
import { type HttpModule, httpOn, type ParsePage } from './http/exports.ts';
import { Requester } from './http/requester.ts';

/** A script that names one of these needs `parsePage`. */
const PAGE_CALLS = /\b(?:html|parseHTML|submitForm|clickLink)\b/;

export function needsPages(source: string): boolean {
  return PAGE_CALLS.test(source);
}

/** Requests are carried out where the script runs. */
export function httpModule(host: ScriptHost, parsePage?: ParsePage): HttpModule {
  return httpOn(new Requester(host), host, parsePage);
}
