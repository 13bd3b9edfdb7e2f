import { expect, test } from 'vitest';
import { FrameReader, frame } from './frames.ts';

const HEADER = Buffer.from([0x57, 0x41, 6, 3]);
const stream = Buffer.concat([
  HEADER,
  frame(Buffer.from('one')),
  frame(Buffer.from('two')),
  frame(Buffer.alloc(0)),
]);

test('frames come out whole however the bytes are cut', () => {
  for (let size = 1; size <= stream.length; size += 1) {
    const reader = new FrameReader();
    const frames: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      frames.push(...reader.push(stream.subarray(at, at + size)).map((each) => each.toString()));
    }
    expect(frames).toEqual(['one', 'two', '']);
    expect(reader.header).toEqual(HEADER);
  }
});

test('a routing prefix before the header is skipped', () => {
  const prefix = Buffer.concat([Buffer.from('ED\0\x01'), Buffer.from([0, 0, 2]), Buffer.from('xy')]);
  for (const size of [1, 5, 100]) {
    const reader = new FrameReader();
    const bytes = Buffer.concat([prefix, stream]);
    const frames: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size)
      frames.push(...reader.push(bytes.subarray(at, at + size)));
    expect(frames.map(String)).toEqual(['one', 'two', '']);
    expect(reader.header).toEqual(HEADER);
  }
});

test('a stream that does not start as one of WhatsApp is refused', () => {
  expect(() => new FrameReader().push(Buffer.from('GET / HTTP/1.1'))).toThrow('not a WhatsApp client');
});
