/** `response.submitForm` and `response.clickLink`: what a browser would ask for next. */
import type { Selection } from '../html/selection.ts';
import { encodeForm, FORM_TYPE, formPairs } from './form.ts';
import type { Response } from './response.ts';
import { type HttpUrl, parseUrl, resolveUrl, urlText } from './url.ts';

/** Makes the request that a form or a link asks for. */
export type Ask = (method: string, url: string, body: string | undefined, params: unknown) => Promise<Response>;

type Options = Readonly<Record<string, unknown>>;

/** `{formSelector, fields, submitSelector, params}`. Throws where the page has no such form. */
export async function submitForm(response: Response, given: unknown, ask: Ask): Promise<Response> {
  const options = optionsOf(given);
  const selector = textOf(options['formSelector']) ?? 'form';
  const form = response.html(selector).first();
  if (form.size() === 0) throw new Error(`${response.url} has no form '${selector}' to submit`);
  const method = (form.attr('method') ?? 'GET').toUpperCase();
  const url = target(response, form.attr('action') ?? response.url, `the form '${selector}'`);
  const content = encodeForm(fieldsOf(form, options));
  if (method === 'GET')
    return await ask(method, urlText({ ...url, query: content === '' ? '' : `?${content}` }), undefined, options['params']);
  return await ask(method, urlText(url), content, withFormType(options['params']));
}

/** `{selector, params}`. Throws where the page has no such link. */
export async function clickLink(response: Response, given: unknown, ask: Ask): Promise<Response> {
  const options = optionsOf(given);
  const selector = textOf(options['selector']) ?? 'a[href]';
  const link = response.html(selector).first();
  const href = link.attr('href');
  if (href === undefined) throw new Error(`${response.url} has no link '${selector}' with a href to click`);
  return await ask('GET', urlText(target(response, href, `the link '${selector}'`)), undefined, options['params']);
}

/** What the page says, the button that is pressed, and what the script says in place of both. */
function fieldsOf(form: Selection, options: Options): [string, string][] {
  const button = form.find(textOf(options['submitSelector']) ?? '[type="submit"]').first();
  const name = button.attr('name');
  const pressed: [string, string][] = name === undefined ? [] : [[name, button.attr('value') ?? '']];
  const fields = optionsOf(options['fields']);
  const kept = [...form.serializeArray().map(({ name: each, value }): [string, string] => [each, value]), ...pressed];
  return [...kept.filter(([each]) => !Object.hasOwn(fields, each)), ...formPairs(fields, () => {})].map(([each, value]) => [each, value]);
}

function target(response: Response, reference: string, what: string): HttpUrl {
  const base = parseUrl(response.url);
  const url = base ? resolveUrl(base, reference) : undefined;
  if (!url) throw new Error(`${what} on ${response.url} points to '${reference}', which is no URL of a web server`);
  return url;
}

function withFormType(params: unknown): Options {
  const given = optionsOf(params);
  const headers = optionsOf(given['headers']);
  const said = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return said ? given : { ...given, headers: { ...headers, 'Content-Type': FORM_TYPE } };
}

function optionsOf(given: unknown): Options {
  return typeof given === 'object' && given !== null ? { ...given } : {};
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
