/** A link as it was written, and where it leads. */
export interface Link {
  href: string;
  /** The host as browsers ask for it, where it is not what a reader sees: another script, or a name before an `@`. */
  disguised?: string;
}

/** Where a written link leads; undefined when it is none that is opened from a message. */
export function linkOf(written: string): Link | undefined {
  const url = URL.parse(/^https?:/i.test(written) ? written : `https://${written}`);
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname.includes('.')) return undefined;
  const isDisguised = /(^|\.)xn--/.test(url.hostname) || url.username !== '' || url.password !== '';
  return { href: url.href, ...(isDisguised && { disguised: url.host }) };
}

const wherever = /(?:https?:\/\/|www\.)[^\s<>"]+/giy;
/** What ends a sentence, or a mark, is no part of the link before it. */
const trailing = /[.,!?;:'"*_~`»”’]+$/;

/** The link that begins at this place of a text. */
export function linkAt(text: string, at: number): { written: string; link: Link } | undefined {
  wherever.lastIndex = at;
  let written = wherever.exec(text)?.[0].replace(trailing, '');
  if (!written || /[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return undefined;
  // A bracket belongs to it when it was opened in it.
  while (/[)\]]$/.test(written) && count(written, /[)\]]/g) > count(written, /[([]/g))
    written = written.slice(0, -1).replace(trailing, '');
  const link = linkOf(written);
  return link && { written, link };
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** A link of ours as a path on this origin, which the policy of the page demands; undefined when it is none. */
export function ownPath(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined;
  const path = url.startsWith('/') ? url : URL.parse(url)?.pathname;
  return path?.replace(/^.*(?=\/api\/v1\/media\/)/, '').match(/^\/api\/v1\/media\/.+/)?.[0];
}
