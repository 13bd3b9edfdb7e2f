import { inflateRawSync } from 'node:zlib';

const bytesMax = 64 * 1024 * 1024;
const entriesMax = 2_000;
const endMark = 0x06054b50;
const entryMark = 0x02014b50;

/**
 * Refuses an archive that is larger inside than it says, or than a document of text can be: what unpacks it later trusts it.
 * @throws Error
 */
export function assertModest(bytes: Uint8Array): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || file.length < end + 22 || file.readUInt32LE(end) !== endMark) throw new Error('no archive');
  const count = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  let total = 0;
  if (count > entriesMax) throw new Error('too many entries');
  for (let entry = 0; entry < count; entry++) {
    if (file.readUInt32LE(at) !== entryMark) throw new Error('a damaged archive');
    const [packed, size] = [file.readUInt32LE(at + 20), file.readUInt32LE(at + 24)];
    total += size;
    if (total > bytesMax) throw new Error('too large inside');
    const local = file.readUInt32LE(at + 42);
    const data = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    // Throws where more comes out than was said.
    if (file.readUInt16LE(at + 10) === 8) {
      inflateRawSync(file.subarray(data, data + packed), { maxOutputLength: Math.max(1, size) });
    }
    at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
}
