import { deflateSync } from 'node:zlib';
import { proto } from 'baileys';
import { expect, test } from 'vitest';
import { chatOfPast, messagesOfPast } from './from-past.ts';
import { inflated, type PastField, readPast } from './read-past.ts';

const other = '628111000001@s.whatsapp.net';
const self = { id: '628111000009:3@s.whatsapp.net' };
const textOf = (id: string, text: string): proto.IHistorySyncMsg => ({
  message: {
    key: { remoteJid: other, id, fromMe: false },
    messageTimestamp: 1_700_000_000,
    message: { conversation: text },
  },
});

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(bytes: Buffer, size: number, messages = true): Promise<PastField[]> {
  const fields: PastField[] = [];
  for await (const field of readPast(inPieces(bytes, size), { messages })) fields.push(field);
  return fields;
}

const sync = Buffer.from(
  proto.HistorySync.encode({
    syncType: proto.HistorySync.HistorySyncType.RECENT,
    conversations: [
      {
        id: other,
        messages: [textOf('a', 'one'), textOf('b', 'x'.repeat(100_000))],
        unreadCount: 300,
        name: 'Rina',
      },
      { id: '120363000000000001@g.us', messages: [] },
    ],
    pushnames: [{ id: other, pushname: 'R' }],
  }).finish(),
);

test('the past is read alike however it is cut, each chat described after its messages', async () => {
  const whole = await all(sync, sync.length);
  expect(whole.map(({ is }) => is)).toEqual(['message', 'message', 'chat', 'chat', 'other']);
  for (const size of [1, 7, 4096]) expect(await all(sync, size)).toEqual(whole);
  const chat = chatOfPast(whole[2]?.bytes ?? Buffer.alloc(0));
  expect(chat?.fact).toMatchObject({ name: 'Rina', unread: 300 });
  if (!chat) throw new Error('no chat');
  const [told] = messagesOfPast(whole[0]?.bytes ?? Buffer.alloc(0), chat, self);
  expect(told?.message).toMatchObject({ id: 'a', late: true, content: { type: 'text', text: 'one' } });
  expect((await all(sync, 4096, false)).map(({ is }) => is)).toEqual(['chat', 'chat', 'other']);
});

test('a past that ends in the middle, or makes no sense, is refused and not waited for', async () => {
  await expect(all(sync.subarray(0, 50_000), 4096)).rejects.toThrow(RangeError);
  await expect(all(Buffer.alloc(1000, 0xff), 100)).rejects.toThrow(RangeError);
});

test('a past that inflates without end is refused at its bound', async () => {
  const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
  const read = async () => {
    let bytes = 0;
    for await (const part of inflated(inPieces(bomb, 4096), 1024 * 1024)) bytes += part.length;
    return bytes;
  };
  await expect(read()).rejects.toThrow(RangeError);
});

test('an entry of the past that names another chat, no moment or no id is left out', () => {
  const chat = { fact: { chat: '628111000001@c.us' as never, unread: 0 } };
  const read = (message: proto.IWebMessageInfo) =>
    messagesOfPast(Buffer.from(proto.HistorySyncMsg.encode({ message }).finish()), chat, self);
  const message = { conversation: 'hello' };
  const key = { remoteJid: other, id: 'a' };
  expect(read({ key, message, messageTimestamp: 1_700_000_000 })).toHaveLength(1);
  expect(read({ key, message })).toEqual([]);
  expect(read({ key: { remoteJid: other }, message, messageTimestamp: 1 })).toEqual([]);
  const foreign = { ...key, remoteJid: '628111000002@s.whatsapp.net' };
  expect(read({ key: foreign, message, messageTimestamp: 1 })).toEqual([]);
});
