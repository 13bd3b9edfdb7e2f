import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { linkIn } from './find-link.ts';
import { type PageFacts, readPage } from './read-page.ts';

/** What phones show below a text of the page it links to. */
export interface LinkPreview extends PageFacts {
  /** As it stands in the text. */
  url: string;
}

const limits = { totalMs: 3_000, silentMs: 2_000 };
/** Pages that are asked at the same time; with more, messages go without a preview instead of waiting. */
const atOnceMax = 16;
const keptMax = 1_000;
const keptMs = 10 * 60_000;

export interface Previews {
  /** Of the first link in a text. A page that fails, hangs or is private means none; it never throws. */
  of(text: string): Promise<LinkPreview | undefined>;
}

export function createPreviews({ outbound }: { outbound: Pick<Outbound, 'download'> }): Previews {
  const kept = new Map<string, { untilMs: number; facts: Promise<PageFacts | undefined> }>();
  let underWay = 0;

  async function ask(url: string): Promise<PageFacts | undefined> {
    underWay += 1;
    try {
      const { status, headers, body } = await outbound.download(url, limits);
      const type = String(headers['content-type'] ?? '');
      const isPage = status === 200 && /^(text\/html|application\/xhtml\+xml)\b/i.test(type);
      const facts = isPage ? await readPage(body, /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8') : {};
      body.destroy();
      return facts.title || facts.description ? facts : undefined;
    } catch {
      return undefined;
    } finally {
      underWay -= 1;
    }
  }

  /** A campaign asks for its page once. */
  function factsOf(url: string): Promise<PageFacts | undefined> {
    const nowMs = performance.now();
    const known = kept.get(url);
    if (known && known.untilMs > nowMs) return known.facts;
    if (underWay >= atOnceMax) return Promise.resolve(undefined);
    if (kept.size >= keptMax) kept.clear();
    const facts = ask(url);
    kept.set(url, { untilMs: nowMs + keptMs, facts });
    return facts;
  }

  return {
    async of(text) {
      const url = linkIn(text);
      const facts = url && (await factsOf(url));
      return url && facts ? { url, ...facts } : undefined;
    },
  };
}
