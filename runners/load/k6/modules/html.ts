/** `k6/html`. Pages are parsed as browsers do it, by parse5, and searched with cheerio. */
import { load } from 'cheerio/slim';
import { parse } from 'parse5';
import { adapter } from 'parse5-htmlparser2-tree-adapter';
import { Element } from './html/element.ts';
import { Selection } from './html/selection.ts';

/** The page as a selection of its document; `url` is what its links are relative to. */
export function parsePage(html: string, url: string): Selection {
  const query = load(parse(html, { treeAdapter: adapter }));
  return new Selection({ query, url }, query.root());
}

export function htmlModule() {
  return { parseHTML: (html: unknown): Selection => parsePage(String(html), ''), Selection, Element };
}
