import { type Bitmap, readPng } from './png.ts';
import { alignmentCentres, BLOCK_TABLES, MASKS } from './tables.ts';

const FORMAT_MASK = 0x5412;
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const MODE = { end: 0, numeric: 1, alphanumeric: 2, bytes: 4 };

interface Symbol {
  readonly size: number;
  readonly version: number;
  dark(row: number, column: number): boolean;
}

/** The text of a QR in a PNG that a program drew: upright, undistorted and whole. Throws when it can't be read. */
export function readQrPng(png: Buffer): string {
  const symbol = locate(readPng(png));
  const { table, mask } = formatOf(symbol);
  return textOf(dataCodewords(codewords(symbol, mask), symbol.version, table), symbol.version);
}

/** Finds the symbol: it fills the box of all dark pixels, and its top left mark is seven modules wide. */
function locate(bitmap: Bitmap): Symbol {
  let [left, right, top] = [bitmap.width, -1, -1];
  for (let y = 0; y < bitmap.height; y += 1) {
    for (let x = 0; x < bitmap.width; x += 1) {
      if (!bitmap.dark(x, y)) continue;
      if (top < 0) top = y;
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
  }
  let mark = left;
  while (mark <= right && bitmap.dark(mark, top)) mark += 1;
  const width = right - left + 1;
  // A module is rarely a whole number of pixels wide, so the mark tells the version only nearly.
  const nearly = Math.round(((width * 7) / Math.max(1, mark - left) - 17) / 4);
  for (const version of [nearly, nearly + 1, nearly - 1]) {
    if (version < 1 || version > 40) continue;
    const size = version * 4 + 17;
    const pixel = width / size;
    const at = (start: number, module: number): number => Math.floor(start + (module + 0.5) * pixel);
    const symbol = {
      ...{ size, version },
      dark: (row: number, column: number) => bitmap.dark(at(left, column), at(top, row)),
    };
    if (isTimed(symbol)) return symbol;
  }
  throw new Error('there is no QR in the picture');
}

/** Between the marks every other module is dark; of a wrong size this would not be so. */
function isTimed({ size, dark }: Symbol): boolean {
  for (let module = 8; module < size - 8; module += 1) {
    if (dark(6, module) !== (module % 2 === 0) || dark(module, 6) !== (module % 2 === 0)) return false;
  }
  return true;
}

function formatOf({ dark }: Symbol): { table: (typeof BLOCK_TABLES)[number]; mask: (typeof MASKS)[number] } {
  let bits = 0;
  for (let column = 0; column < 5; column += 1) bits = (bits << 1) | (dark(8, column) ? 1 : 0);
  const value = bits ^ (FORMAT_MASK >> 10);
  const table = BLOCK_TABLES[value >> 3];
  const mask = MASKS[value & 7];
  if (!table || !mask) throw new Error('the QR says nothing of its format');
  return { table, mask };
}

/** Whether a module is part of the symbol's frame rather than of its content. */
function frameOf({ size, version }: Symbol): (row: number, column: number) => boolean {
  const centres = alignmentCentres(version);
  const last = size - 7;
  const isCorner = (a: number, b: number): boolean =>
    (a === 6 && (b === 6 || b === last)) || (a === last && b === 6);
  const near = (at: number): number | undefined => centres.find((centre) => Math.abs(centre - at) <= 2);
  return (row, column) => {
    if (row === 6 || column === 6) return true;
    if ((row < 9 && column < 9) || (row < 9 && column >= size - 8) || (row >= size - 8 && column < 9))
      return true;
    if (version >= 7 && ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11))) return true;
    const [a, b] = [near(row), near(column)];
    return a !== undefined && b !== undefined && !isCorner(a, b);
  };
}

/** All codewords in the order they are drawn: two columns at a time, up and down. */
function codewords(symbol: Symbol, mask: (row: number, column: number) => boolean): number[] {
  const { size } = symbol;
  const isFrame = frameOf(symbol);
  const bits: number[] = [];
  let upwards = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right -= 1;
    for (let step = 0; step < size; step += 1) {
      const row = upwards ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (!isFrame(row, column)) bits.push(symbol.dark(row, column) !== mask(row, column) ? 1 : 0);
      }
    }
    upwards = !upwards;
  }
  const words: number[] = [];
  for (let at = 0; at + 8 <= bits.length; at += 8) {
    words.push(bits.slice(at, at + 8).reduce((word, bit) => (word << 1) | bit, 0));
  }
  return words;
}

/** Puts the interleaved blocks in order; the error correction is left where it is. */
function dataCodewords(words: number[], version: number, table: (typeof BLOCK_TABLES)[number]): Buffer {
  const count = table.blocks[version - 1] ?? 1;
  const correction = table.correction[version - 1] ?? 0;
  const short = Math.floor(words.length / count) - correction;
  const longs = words.length % count;
  const blocks = Array.from({ length: count }, (): number[] => []);
  let at = 0;
  for (let index = 0; index <= short; index += 1) {
    for (const [number, block] of blocks.entries()) {
      if (index < short || number >= count - longs) block.push(words[at++] ?? 0);
    }
  }
  return Buffer.from(blocks.flat());
}

function bitReader(data: Buffer): { left(): number; take(count: number): number } {
  let at = 0;
  return {
    left: () => data.length * 8 - at,
    take(count) {
      let value = 0;
      for (let index = 0; index < count; index += 1, at += 1) {
        value = value * 2 + (((data[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
      }
      return value;
    },
  };
}

function textOf(data: Buffer, version: number): string {
  const bits = bitReader(data);
  const range = version < 10 ? 0 : version < 27 ? 1 : 2;
  const parts: Buffer[] = [];
  while (bits.left() >= 4) {
    const mode = bits.take(4);
    if (mode === MODE.end) break;
    parts.push(segment(mode, bits, range));
  }
  return Buffer.concat(parts).toString('utf8');
}

function segment(mode: number, bits: ReturnType<typeof bitReader>, range: 0 | 1 | 2): Buffer {
  if (mode === MODE.bytes) {
    const length = bits.take(range === 0 ? 8 : 16);
    return Buffer.from(Array.from({ length }, () => bits.take(8)));
  }
  if (mode === MODE.alphanumeric) return alphanumeric(bits.take(9 + range * 2), bits);
  if (mode === MODE.numeric) return numeric(bits.take(10 + range * 2), bits);
  throw new Error('the QR holds what is not text');
}

function alphanumeric(length: number, bits: ReturnType<typeof bitReader>): Buffer {
  let text = '';
  for (let left = length; left > 0; left -= 2) {
    const value = bits.take(left > 1 ? 11 : 6);
    text +=
      left > 1 ? `${ALPHANUMERIC[Math.floor(value / 45)]}${ALPHANUMERIC[value % 45]}` : ALPHANUMERIC[value];
  }
  return Buffer.from(text);
}

function numeric(length: number, bits: ReturnType<typeof bitReader>): Buffer {
  let text = '';
  for (let left = length; left > 0; left -= 3) {
    const digits = Math.min(left, 3);
    text += String(bits.take(digits * 3 + 1)).padStart(digits, '0');
  }
  return Buffer.from(text);
}
