import { createHash } from 'node:crypto';

const CELLS = 5;
const BLOCK = 8;
/** Standard Huffman code lengths (luminance DC) and the shortest useful AC table: only "end of block". */
const DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_CODES = [
  0b00, 0b010, 0b011, 0b100, 0b101, 0b110, 0b1110, 0b11110, 0b111110, 0b1111110, 0b11111110, 0b111111110,
];
const DC_LENGTHS = [2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9];
const AC_COUNTS = [1, ...Array<number>(15).fill(0)];
const END_OF_BLOCK = { code: 0, length: 1 };
/** With this quantization a flat block's coefficient is its brightness (0 in the middle). */
const FLAT_QUANTIZATION = 8;

type Colour = readonly [y: number, cb: number, cr: number];

/** Writes codes bit by bit, with the zero byte that JPEG wants after each 0xff. */
class Bits {
  readonly #bytes: number[] = [];
  #pending = 0;
  #count = 0;

  add(code: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      this.#pending = (this.#pending << 1) | ((code >> bit) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#flush();
    }
  }

  end(): Buffer {
    while (this.#count > 0) this.add(1, 1);
    return Buffer.from(this.#bytes);
  }

  #flush(): void {
    this.#bytes.push(this.#pending);
    if (this.#pending === 0xff) this.#bytes.push(0);
    this.#pending = 0;
    this.#count = 0;
  }
}

/** A picture for somebody who has chosen none: a mirrored pattern, always the same for the same name. JPEG, square, `size` pixels. */
export function identicon(name: string, size: number): Buffer {
  const chance = createHash('sha256').update(name).digest();
  const ink: Colour = [chance.readInt8(0) >> 1, chance.readInt8(1), chance.readInt8(2)];
  const paper: Colour = [112, 0, 0];
  const blocks = Math.ceil(size / BLOCK);
  const colourAt = (row: number, column: number): Colour => {
    const [y, x] = [row, column].map((each) => Math.floor((each * CELLS) / blocks)) as [number, number];
    const mirrored = Math.min(x, CELLS - 1 - x);
    return chance.readUInt8(3 + y * 3 + mirrored) & 1 ? ink : paper;
  };
  return jpeg(size, blocks, colourAt);
}

function jpeg(size: number, blocks: number, colourAt: (row: number, column: number) => Colour): Buffer {
  const bits = new Bits();
  const before = [0, 0, 0];
  for (let row = 0; row < blocks; row += 1) {
    for (let column = 0; column < blocks; column += 1) {
      colourAt(row, column).forEach((value, component) => {
        addDifference(bits, value - (before[component] ?? 0));
        before[component] = value;
      });
    }
  }
  const components = [1, 2, 3];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...Array<number>(64).fill(FLAT_QUANTIZATION)]),
    segment(0xc0, [8, ...uint16(size), ...uint16(size), 3, ...components.flatMap((id) => [id, 0x11, 0])]),
    segment(0xc4, [0x00, ...DC_COUNTS, ...DC_CODES.keys()]),
    segment(0xc4, [0x10, ...AC_COUNTS, 0]),
    segment(0xda, [3, ...components.flatMap((id) => [id, 0]), 0, 63, 0]),
    bits.end(),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** A flat block: how much it differs from the one before, and nothing else. */
function addDifference(bits: Bits, difference: number): void {
  const size = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference));
  bits.add(DC_CODES[size] ?? 0, DC_LENGTHS[size] ?? 0);
  bits.add(difference < 0 ? difference + (1 << size) - 1 : difference, size);
  bits.add(END_OF_BLOCK.code, END_OF_BLOCK.length);
}

const uint16 = (value: number): number[] => [value >> 8, value & 0xff];

function segment(marker: number, content: number[]): Buffer {
  return Buffer.from([0xff, marker, ...uint16(content.length + 2), ...content]);
}
