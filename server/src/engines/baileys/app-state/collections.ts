import { type BinaryNode, getBinaryNodeChildren, type WAPatchName } from 'baileys';

/** The parts that app state consists of; each has a version of its own. */
export const collections = [
  'critical_block',
  'critical_unblock_low',
  'regular_high',
  'regular_low',
  'regular',
] as const satisfies readonly WAPatchName[];

export type Collection = (typeof collections)[number];

export const isCollection = (name: unknown): name is Collection =>
  (collections as readonly unknown[]).includes(name);

/** Those that a notice of the network says were changed. */
export function collectionsOfNotice({ attrs, content }: BinaryNode): Collection[] {
  if (attrs.type !== 'server_sync') return [];
  const named = getBinaryNodeChildren({ tag: '', attrs, content: content as BinaryNode[] }, 'collection');
  return [...new Set(named.map((each) => each.attrs.name).filter(isCollection))];
}
