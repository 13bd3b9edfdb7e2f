import { type BinaryNode, children } from '../wire/node.ts';

/** What a change makes of one child: itself, another, or undefined to leave it out. */
type Change = (child: BinaryNode) => BinaryNode | undefined;

/** The same stanza with its children changed; one that has none stays as it is. */
function withChildren(stanza: BinaryNode, change: Change): BinaryNode {
  return Array.isArray(stanza.content)
    ? { ...stanza, content: children(stanza).flatMap((each) => change(each) ?? []) }
    : stanza;
}

/** The stanza with everything changed that a path of tags leads to, as `usync list user`. */
export function changeAt(stanza: BinaryNode, path: string, change: Change): BinaryNode {
  const [tag, ...rest] = path.split(' ');
  return withChildren(stanza, (each) => {
    if (each.tag !== tag) return each;
    return rest.length === 0 ? change(each) : changeAt(each, rest.join(' '), change);
  });
}

/** The stanza without what a path of tags leads to. */
export const without = (stanza: BinaryNode, path: string): BinaryNode =>
  changeAt(stanza, path, () => undefined);

/** The stanza without one attribute. */
export function withoutAttribute({ attrs, ...rest }: BinaryNode, name: string): BinaryNode {
  return { ...rest, attrs: Object.fromEntries(Object.entries(attrs).filter(([key]) => key !== name)) };
}

/** Everything that a path of tags leads to. */
export function findAll(stanza: BinaryNode, path: string): BinaryNode[] {
  return path
    .split(' ')
    .reduce<BinaryNode[]>((found, tag) => found.flatMap((each) => children(each, tag)), [stanza]);
}

/** The same bytes with every bit of the first byte turned. */
export function garbled(content: Uint8Array): Buffer {
  const other = Buffer.from(content);
  if (other.length > 0) other.writeUInt8(other.readUInt8(0) ^ 0xff, 0);
  return other;
}
