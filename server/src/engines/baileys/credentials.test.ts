import { BufferJSON, initAuthCreds } from 'baileys';
import { expect, test } from 'vitest';
import { decode, encode } from './credentials.ts';

/** As Baileys keeps a session: bytes are base64 already, and counters are keys. */
const session = {
  version: 'v1',
  _sessions: {
    BQ: {
      registrationId: 7,
      _chains: { AQ: { chainKey: { counter: 3, key: 'AQ==' }, messageKeys: { 1: 'AQ==' } } },
    },
  },
};
const values: Record<string, unknown> = {
  'a session': session,
  'fresh credentials': initAuthCreds(),
  'bytes in an array': [Buffer.from([1, 2]), new Uint8Array([3])],
  'no bytes at all': Buffer.alloc(0),
  'a text that tells of bytes': { said: '{"type":"Buffer","data":"AQ=="}' },
  'a word': 'yes',
};

test.for(Object.entries(values))('what was kept is read as Baileys reads it: %s', ([, value]) => {
  const text = encode(value);
  expect(decode(text)).toEqual(JSON.parse(text, BufferJSON.reviver));
});

test('bytes come back as bytes, and a session as it was', () => {
  const { noiseKey } = initAuthCreds();
  expect(decode<typeof noiseKey>(encode(noiseKey)).private).toEqual(Buffer.from(noiseKey.private));
  expect(decode(encode(session))).toEqual(session);
});
