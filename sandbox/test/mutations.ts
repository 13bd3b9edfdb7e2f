import type { BinaryNode } from 'baileys';

const TEXTS = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e9',
    'NaN',
    'x'.repeat(3000),
    '9'.repeat(300),
    '\0',
    '🥐',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...[
    '@',
    'Shop@',
    ':@lid',
    '1:999@lid',
    '628750000001@s.whatsapp.net',
    '628750000001:1@s.whatsapp.net',
    '1@lid',
  ],
  ...[
    '628750000002@s.whatsapp.net',
    '628750000002:1@s.whatsapp.net',
    '628759999999@s.whatsapp.net',
    '1@g.us',
  ],
  ...['status@broadcast', '1@newsletter', '1@call', 's.whatsapp.net', '@s.whatsapp.net', '@g.us', '1@hosted'],
  ...[
    'get',
    'set',
    'result',
    'error',
    'retry',
    'read',
    'peer',
    'pkmsg',
    'skmsg',
    'msg',
    'subscribe',
    'available',
  ],
];
const NAMES = [
  'id',
  'to',
  'from',
  'type',
  'participant',
  'recipient',
  'xmlns',
  'category',
  'edit',
  'count',
  '__proto__',
];

/** Changes stanzas at random places, always the same ones for the same chances. */
export class Mutator {
  readonly #chance: () => number;
  readonly #stock: BinaryNode[];

  /** `stock` is what parts of other stanzas are taken from. */
  constructor(chance: () => number, stock: BinaryNode[]) {
    this.#chance = chance;
    this.#stock = stock;
  }

  /** A copy with one to three changes. */
  mutate(stanza: BinaryNode): BinaryNode {
    const copy = structuredClone(stanza);
    for (let left = 1 + this.upTo(3); left > 0; left -= 1) this.#change(this.#pick(nodesIn(copy)) ?? copy);
    return copy;
  }

  upTo(max: number): number {
    return Math.floor(this.#chance() * max);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.upTo(256)));
  }

  #change(place: BinaryNode): void {
    const name = this.#pick(Object.keys(place.attrs)) ?? 'id';
    const inside = Array.isArray(place.content) ? place.content : [];
    const other = structuredClone(this.#pick(nodesIn(this.#pick(this.#stock) ?? place)) ?? place);
    const ways: (() => void)[] = [
      () => delete place.attrs[name],
      () => this.#set(place, name, this.#pick(TEXTS) ?? ''),
      () => this.#set(place, this.#pick(NAMES) ?? 'id', this.#pick(TEXTS) ?? ''),
      () => this.#set(place, name, other.attrs[name] ?? other.tag),
      () => delete place.content,
      () => this.#put(place, this.bytes(this.upTo(100))),
      () => this.#put(place, Buffer.alloc(this.#pick([0, 1, 31, 33, 64, 65, 5000, 200_000]) ?? 0, 1)),
      () => this.#put(place, this.#pick(TEXTS) ?? ''),
      () => this.#put(place, [other]),
      () => this.#put(place, [...inside, ...inside]),
      () => this.#put(place, inside.slice(1)),
      () =>
        this.#put(
          place,
          Array.from({ length: 300 }, () => inside[0] ?? other),
        ),
      () => this.#put(place, [deep(other, 20)]),
      () => this.#garble(place),
      () => {
        place.tag = other.tag || 'x';
      },
    ];
    this.#pick(ways)?.();
  }

  #set(place: BinaryNode, name: string, text: string): void {
    place.attrs[name] = text;
  }

  #put(place: BinaryNode, content: BinaryNode['content']): void {
    if (content !== undefined) place.content = content;
  }

  /** Changes some of the bytes that are there, so that what wraps them still fits. */
  #garble(place: BinaryNode): void {
    if (!(place.content instanceof Uint8Array) || place.content.length === 0) return;
    const garbled = Buffer.from(place.content);
    for (let left = 3; left > 0; left -= 1) garbled[this.upTo(garbled.length)] = this.upTo(256);
    place.content = garbled;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.upTo(from.length)];
  }
}

/** The stanza and everything inside it. */
function nodesIn(stanza: BinaryNode): BinaryNode[] {
  return [stanza, ...(Array.isArray(stanza.content) ? stanza.content.flatMap(nodesIn) : [])];
}

function deep(inside: BinaryNode, levels: number): BinaryNode {
  return levels === 0 ? inside : { tag: inside.tag || 'x', attrs: {}, content: [deep(inside, levels - 1)] };
}
