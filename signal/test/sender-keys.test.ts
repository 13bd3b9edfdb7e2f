import { BufferJSON } from 'baileys';
import { expect, test } from 'vitest';
import { readAnnouncement, readSenderKeyMessage } from '../src/wire/sender-key-messages.ts';
import { type GroupExchange, groupExchanges } from './group-exchange.ts';
import { GroupMember } from './group-member.ts';

const chat = 'group@g.us';
const text = (n: number) => Buffer.from(`message ${n}`);

test.for([
  ['ours', 'ours'],
  ['ours', 'old'],
  ['old', 'ours'],
] satisfies GroupExchange['libraries'][])(
  'what %s writes to a group %s reads once, in any order, over changing keys',
  (libraries) =>
    groupExchanges({ libraries, runs: libraries.join() === 'ours,ours' ? 20 : 3, seed: 20_260_101 }),
);

test('messages follow each other without a gap', async () => {
  const writer = new GroupMember('ours');
  await writer.announce(chat);
  const numbers = [];
  for (let n = 0; n < 4; n++) {
    numbers.push(readSenderKeyMessage(await writer.encrypt(chat, text(n))).message.iteration);
  }
  expect(numbers).toEqual([0, 1, 2, 3]);
});

test('who is told the key late can’t read what came before, and says that it never had the key', async () => {
  const [writer, reader] = [new GroupMember('ours'), new GroupMember('ours')];
  await writer.announce(chat);
  const early = await writer.encrypt(chat, text(0));
  await reader.accept(chat, await writer.announce(chat));
  await expect(reader.decrypt(chat, early)).rejects.toThrow('Message from before its key was announced');
  expect(await reader.decrypt(chat, await writer.encrypt(chat, text(1)))).toEqual(text(1));
});

test('a key announced again stays where it was, so nothing that was skipped is lost', async () => {
  const [writer, reader] = [new GroupMember('ours'), new GroupMember('ours')];
  await reader.accept(chat, await writer.announce(chat));
  const [first, second] = [await writer.encrypt(chat, text(0)), await writer.encrypt(chat, text(1))];
  await reader.decrypt(chat, second);
  const before = reader.kept.get(chat);
  await reader.accept(chat, await writer.announce(chat));
  expect(reader.kept.get(chat)).toEqual(before);
  expect(await reader.decrypt(chat, first)).toEqual(text(0));
});

test('a message that another signed, or that was changed, is refused and changes nothing', async () => {
  const [writer, other, reader] = [new GroupMember('ours'), new GroupMember('ours'), new GroupMember('ours')];
  const announced = await writer.announce(chat);
  await reader.accept(chat, announced);
  const message = await writer.encrypt(chat, text(0));
  const before = reader.kept.get(chat);
  for (const at of [5, message.length - 70, message.length - 1]) {
    const changed = Buffer.from(message.with(at, (message[at] ?? 0) ^ 1));
    await expect(reader.decrypt(chat, changed)).rejects.toThrow();
  }
  await other.announce(chat);
  await expect(reader.decrypt(chat, await other.encrypt(chat, text(0)))).rejects.toThrow(
    'No session found to decrypt message',
  );
  expect(reader.kept.get(chat)).toEqual(before);
  expect(await reader.decrypt(chat, message)).toEqual(text(0));
});

test('keys that Baileys kept are read, its own and those of others, and kept in our form', async () => {
  const [writer, reader] = [new GroupMember('old'), new GroupMember('old')];
  await reader.accept(chat, await writer.announce(chat));
  const sent = [];
  for (let n = 0; n < 20; n++) sent.push(await writer.encrypt(chat, text(n)));
  expect(await reader.decrypt(chat, sent[7] ?? Buffer.alloc(0))).toEqual(text(7));
  const [moved, movedReader] = [writer, reader].map(({ kept }) => new GroupMember('ours', asBaileys(kept)));
  if (!moved || !movedReader) throw new Error('nobody moved');
  for (const n of [3, 19, 8]) {
    expect(await movedReader.decrypt(chat, sent[n] ?? Buffer.alloc(0))).toEqual(text(n));
  }
  const next = await moved.encrypt(chat, text(20));
  expect(await movedReader.decrypt(chat, next)).toEqual(text(20));
  expect(await reader.decrypt(chat, next)).toEqual(text(20));
  const key = ({ signingKey, id }: ReturnType<typeof readAnnouncement>) => ({ signingKey, id });
  expect(key(readAnnouncement(await moved.announce(chat)))).toEqual(
    key(readAnnouncement(await writer.announce(chat))),
  );
  expect(moved.kept.get(chat)?.length).toBeLessThan((writer.kept.get(chat)?.length ?? 0) / 10);
});

test('a reader keeps five keys of one device', async () => {
  const [writer, reader] = [new GroupMember('ours'), new GroupMember('ours')];
  const sent: Buffer[] = [];
  for (let n = 0; n < 6; n++) {
    writer.rotate(chat);
    await reader.accept(chat, await writer.announce(chat));
    sent.push(await writer.encrypt(chat, text(n)));
  }
  const [oldest = Buffer.alloc(0), ...kept] = sent;
  await expect(reader.decrypt(chat, oldest)).rejects.toThrow('No session found to decrypt message');
  const [second = oldest, ...rest] = kept;
  expect(await reader.decrypt(chat, second)).toEqual(text(1));
  writer.rotate(chat);
  // The oldest goes, although it was used last.
  await reader.accept(chat, await writer.announce(chat));
  for (const [n, message] of rest.entries()) expect(await reader.decrypt(chat, message)).toEqual(text(n + 2));
});

/** Baileys writes its records without the replacer that makes bytes base64. */
function asBaileys(kept: Map<string, Buffer>): [string, Buffer][] {
  return [...kept].map(([name, record]) => [
    name,
    Buffer.from(JSON.stringify(JSON.parse(record.toString(), BufferJSON.reviver))),
  ]);
}
