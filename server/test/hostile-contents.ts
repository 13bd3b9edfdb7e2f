import { seeded } from './seeded.ts';
import { type Field, wireBytes } from './wire-bytes.ts';

/** What a stranger does next: writes something, or takes another name. */
export interface HostileDeed {
  /** A body of the sandbox's messages. */
  body: { type: string } & Record<string, unknown>;
  name?: string;
  /** Whether everybody would expect to see a message. */
  isShown: boolean;
}

const control = Array.from({ length: 33 }, (_, code) => String.fromCharCode(code)).join('');
const texts = [
  '\u0000',
  'x\u0000',
  '\ud800',
  'half \udc00 a pair',
  '\udc00\ud800 the wrong way round',
  control,
  '\u202e\u2066evil\u2069\u202c \u200f\u200e\u061c',
  '\u2028\u2029\ufeff\uffff\ufffe',
  `z${'\u0301'.repeat(500)}`,
  '👩‍👩‍👧'.repeat(300),
  'constructor',
  '__proto__',
  "'; drop table messages; --",
  '{{7*7}}<script>alert(1)</script>',
  '{"json": "\\u0000"}',
  'x'.repeat(65_536),
  'é\ud83d'.repeat(20_000),
  'y'.repeat(300_000),
  `${'\u0000'.repeat(5000)}\udfff`,
  '',
];
const numbers = [0, 1, -1, 2 ** 32 - 1, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];
const doubles = [0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e-320, 91];
const long = { double: 1 };

/** The same deeds for the same seed, without end. */
export function* hostileDeeds(seed: number): Generator<HostileDeed> {
  const random = seeded(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  // Absurd lengths are rare enough for the rest to have its turn.
  const text = () => {
    const drawn = one(texts);
    return drawn.length > 9000 && random() < 0.8 ? one(texts).slice(0, 9000) : drawn;
  };
  const draw = { one, text, number: () => one(numbers), random };
  for (let nth = 0; ; nth++) {
    const deed = one(deeds)(draw);
    const id = random() < 0.1 ? { id: `${draw.text().slice(0, 5000)} ${nth}` } : {};
    const name = nth % 12 === 0 ? { name: `${draw.text().slice(0, 9000)} ${nth}` } : {};
    yield { ...deed, body: { ...deed.body, ...(deed.body.type === 'raw' ? id : {}) }, ...name };
  }
}

interface Draw {
  one<T>(list: readonly T[]): T;
  text(): string;
  number(): number | bigint;
  random(): number;
}

function raw(bytes: Uint8Array, isShown: boolean): HostileDeed {
  return { body: { type: 'raw', bytes: Buffer.from(bytes).toString('base64') }, isShown };
}

/** Texts that the app of the sandbox lets people type. */
function typed({ text }: Draw, max = 1000): string {
  return text().slice(0, max) || 'x';
}

const key = (draw: Draw): Field[] => [
  [1, draw.text()],
  [3, draw.text()],
  [4, draw.text()],
];

/** A context: what is answered, by whom, who is mentioned, and answers within answers. */
function context(draw: Draw): Field[] {
  let quoted: Field[] = [[1, draw.text()]];
  for (let depth = draw.one([0, 1, 20, 90]); depth > 0; depth--)
    quoted = [
      [
        6,
        [
          [1, 'q'],
          [17, [[3, quoted]]],
        ],
      ],
    ];
  const mentions: Field[] = Array.from({ length: draw.one([0, 1, 3000]) }, () => [
    15,
    draw.text().slice(0, 50),
  ]);
  return [
    [1, draw.text()],
    [2, draw.text()],
    [3, quoted],
    [34, draw.text()],
    [25, draw.number()],
    ...mentions,
  ];
}

/** Every kind that is shown, with strange values in each of its fields. */
const kinds: ((draw: Draw) => Field)[] = [
  ({ text }) => [1, text() || 'x'],
  (draw) => [6, [...[1, 2, 5, 6].map((nth): Field => [nth, draw.text()]), [17, context(draw)]]],
  (draw) => [
    3,
    [
      ...[1, 2, 3, 11].map((nth): Field => [nth, draw.text()]),
      ...[5, 6, 7, 12].map((nth): Field => [nth, draw.number()]),
    ],
  ],
  (draw) => [
    9,
    [
      [2, draw.text()],
      [4, draw.number()],
      [5, draw.number()],
      [7, draw.text()],
      [17, context(draw)],
    ],
  ],
  (draw) => [
    8,
    [
      [2, draw.text()],
      [4, draw.number()],
      [5, draw.number()],
      [6, draw.one([0, 1])],
    ],
  ],
  (draw) => [
    7,
    [...[2, 3, 8, 20].map((nth): Field => [nth, draw.text()]), [5, draw.number()], [6, draw.number()]],
  ],
  (draw) => [
    26,
    [
      [5, draw.text()],
      [2, Buffer.alloc(draw.one([0, 32, 100_000]))],
      [9, draw.number()],
    ],
  ],
  (draw) => [
    5,
    [
      [1, { double: draw.one(doubles) }],
      [2, { double: draw.one(doubles) }],
      ...[3, 4, 5].map((nth): Field => [nth, draw.text()]),
    ],
  ],
  (draw) => [
    18,
    [
      [1, { double: draw.one(doubles) }],
      [2, long],
      [6, draw.text()],
    ],
  ],
  (draw) => [
    4,
    [
      [1, draw.text()],
      [16, draw.text()],
    ],
  ],
  (draw) => [
    13,
    Array.from({ length: draw.one([0, 2, 300]) }, () => [
      2,
      [
        [1, draw.text().slice(0, 500)],
        [16, draw.text().slice(0, 2000)],
      ],
    ]),
  ],
  (draw) => [
    49,
    [
      [2, draw.text()],
      [4, draw.number()],
      ...Array.from({ length: draw.one([0, 2, 2000]) }, (): Field => [3, [[1, draw.text().slice(0, 200)]]]),
    ],
  ],
];

/** What is done to other messages. */
const changes: ((draw: Draw) => Field)[] = [
  (draw) => [
    46,
    [
      [1, key(draw)],
      [2, draw.text()],
    ],
  ],
  (draw) => [
    12,
    [
      [1, key(draw)],
      [2, draw.one([0, 14])],
      [14, [[1, draw.text() || 'x']]],
    ],
  ],
];

function nested(depth: number): Field[] {
  let bytes = wireBytes([[1, 'deep']]);
  for (let level = 0; level < depth; level++) bytes = wireBytes([[40, wireBytes([[1, bytes]])]]);
  return [[40, wireBytes([[1, bytes]])]];
}

const deeds: ((draw: Draw) => HostileDeed)[] = [
  (draw) => ({ body: { type: 'text', text: typed(draw, 65_536) }, isShown: true }),
  (draw) => ({
    body: {
      type: 'text',
      text: typed(draw),
      preview: { url: typed(draw), title: typed(draw), description: typed(draw) },
    },
    isShown: true,
  }),
  (draw) => ({
    body: { type: 'poll', question: typed(draw), options: [`1${typed(draw, 90)}`, `2${typed(draw, 90)}`] },
    isShown: true,
  }),
  (draw) => ({ body: { type: 'contact', name: typed(draw, 200), vcard: typed(draw) }, isShown: true }),
  (draw) => ({
    body: { type: 'location', latitude: 90, longitude: -180, name: typed(draw), address: typed(draw) },
    isShown: true,
  }),
  (draw) => ({
    body: { type: 'event', name: typed(draw), start: 2 ** 52, description: typed(draw) },
    isShown: true,
  }),
  (draw) => ({ body: { type: 'document', fileName: typed(draw, 255), caption: typed(draw) }, isShown: true }),
  ...changes.map((change) => (draw: Draw) => raw(wireBytes([change(draw)]), false)),
  ...kinds.flatMap((kind) => [
    (draw: Draw) => raw(wireBytes([kind(draw)]), true),
    (draw: Draw) => raw(wireBytes([[draw.one([37, 40, 55]), [[1, [kind(draw)]]]]]), true),
  ]),
  (draw) =>
    raw(
      wireBytes([
        [
          2,
          [
            [1, draw.text()],
            [2, senderKey],
          ],
        ],
        [1, 'with a key'],
      ]),
      true,
    ),
  (draw) => raw(Buffer.from(Array.from({ length: 64 }, () => Math.floor(draw.random() * 256))), false),
  (draw) => raw(wireBytes([[6, [[1, draw.text()]]]]).subarray(0, 5), false),
  (draw) => raw(wireBytes(nested(draw.one([10, 150, 3000]))), false),
  () => raw(new Uint8Array(), false),
  () => raw(Buffer.from([0x0a, 4, 0xff, 0xfe, 0xc0, 0x80]), true),
];

/** A sender key as libsignal reads it, for whatever group it is said to be. */
export const senderKey = Buffer.concat([
  Buffer.from([0x33]),
  wireBytes([
    [1, 7],
    [2, 0],
    [3, Buffer.alloc(32, 1)],
    [4, Buffer.concat([Buffer.from([5]), Buffer.alloc(32, 2)])],
  ]),
]);
