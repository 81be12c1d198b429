/** `k6/html`. Pages are parsed as browsers do it, by parse5, and searched with cheerio. */
import { load } from 'cheerio/slim';
import { parse } from 'parse5';
import { adapter } from 'parse5-htmlparser2-tree-adapter';
import { Element } from './html/element.ts';
import { Selection } from './html/selection.ts';

/** Elements inside of each other; beyond it reading takes time by the square of it, and k6 gives up there as well. */
const DEPTH_MAX = 512;

/** The page as a selection of its document; `url` is what its links are relative to. Throws where it is nested too deep. */
export function parsePage(html: string, url: string): Selection {
  let depth = 0;
  const treeAdapter: typeof adapter = {
    ...adapter,
    onItemPush: () => {
      depth += 1;
      if (depth > DEPTH_MAX)
        throw new Error(`the page${url === '' ? '' : ` ${url}`} has more than ${DEPTH_MAX} elements inside of each other`);
    },
    onItemPop: () => {
      depth -= 1;
    },
  };
  const query = load(parse(html, { treeAdapter }));
  return new Selection({ query, url }, query.root());
}

export function htmlModule() {
  return { parseHTML: (html: unknown): Selection => parsePage(String(html), ''), Selection, Element };
}
