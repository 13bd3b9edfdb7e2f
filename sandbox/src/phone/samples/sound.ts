const RATE = 48_000;
const PACKET_SAMPLES = 960;
/** Twenty milliseconds of silence. */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const PACKETS_PER_PAGE = 100;

const CRC = Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

function page(sequence: number, flags: number, granule: number, packets: Buffer[]): Buffer {
  const head = Buffer.alloc(27 + packets.length);
  head.write('OggS');
  head[5] = flags;
  head.writeBigInt64LE(BigInt(granule), 6);
  head.writeUInt32LE(1, 14);
  head.writeUInt32LE(sequence, 18);
  head[26] = packets.length;
  for (const [index, packet] of packets.entries()) head[27 + index] = packet.length;
  const whole = Buffer.concat([head, ...packets]);
  let check = 0;
  for (const byte of whole) check = ((check << 8) ^ (CRC[((check >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  whole.writeUInt32LE(check, 22);
  return whole;
}

/** Silence of this many seconds in OGG with Opus, as voice messages are. */
export function ogg(seconds: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head[8] = 1;
  head[9] = 1;
  head.writeUInt32LE(RATE, 12);
  const vendor = Buffer.from('sandbox');
  const tags = Buffer.alloc(8 + 4 + vendor.length + 4);
  tags.write('OpusTags');
  tags.writeUInt32LE(vendor.length, 8);
  vendor.copy(tags, 12);
  const pages = [page(0, 2, 0, [head]), page(1, 0, 0, [tags])];
  const total = Math.max(1, Math.round((seconds * RATE) / PACKET_SAMPLES));
  for (let done = 0; done < total; ) {
    const count = Math.min(PACKETS_PER_PAGE, total - done);
    done += count;
    const flags = done === total ? 4 : 0;
    pages.push(page(pages.length, flags, done * PACKET_SAMPLES, new Array<Buffer>(count).fill(SILENCE)));
  }
  return Buffer.concat(pages);
}
