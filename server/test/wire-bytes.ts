/** A field of a protobuf message by its number; `double` is eight bytes, every other number a varint. */
export type Field = [
  number: number,
  value: string | number | bigint | Uint8Array | Field[] | { double: number },
];

/** Bytes of a message as nobody's library would write them: any text, any number, any depth. */
export function wireBytes(fields: Field[]): Buffer {
  return Buffer.concat(fields.map(([number, value]) => fieldBytes(BigInt(number) << 3n, value)));
}

function fieldBytes(key: bigint, value: Field[1]): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint')
    return Buffer.concat([varint(key), varint(value)]);
  if (typeof value === 'string') return bytesField(key, utf8AsItIs(value));
  if (value instanceof Uint8Array) return bytesField(key, value);
  if (Array.isArray(value)) return bytesField(key, wireBytes(value));
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value.double);
  return Buffer.concat([varint(key | 1n), bytes]);
}

const bytesField = (key: bigint, bytes: Uint8Array) =>
  Buffer.concat([varint(key | 2n), varint(bytes.length), bytes]);

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0));
    left >>= 7n;
  } while (left > 0n);
  return Buffer.from(bytes);
}

/** UTF-8 in which half a surrogate pair stands as three bytes, as careless programs write it. */
function utf8AsItIs(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0xd800 || code > 0xdfff) return Buffer.from(character);
    return Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]);
  });
  return Buffer.concat(parts);
}
