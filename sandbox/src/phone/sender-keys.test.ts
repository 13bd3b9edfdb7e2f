import { expect, test } from 'vitest';
import type { PhoneKeyStore } from './key-store.ts';
import { SenderKeys } from './sender-keys.ts';

function phone(): SenderKeys {
  const kept = new Map<string, unknown>();
  const store: Pick<PhoneKeyStore, 'get' | 'set'> = {
    get: <T>(kind: string, id: string) => kept.get(`${kind} ${id}`) as T | undefined,
    set: (kind, id, value) => void kept.set(`${kind} ${id}`, value),
  };
  return new SenderKeys(store as PhoneKeyStore);
}

test('a signature that proved true for one member proves no other message to the next', () => {
  const chat = '120363000000000001@g.us';
  const [ana, bob, eve] = [phone(), phone(), phone()];
  const { announcement } = ana.share(chat, ['bob', 'eve']);
  const { axolotlSenderKeyDistributionMessage: key } = announcement.senderKeyDistributionMessage ?? {};
  for (const other of [bob, eve]) other.accept(chat, 'ana', key ?? new Uint8Array());
  const message = ana.encrypt(chat, Buffer.from('at five'));
  expect(bob.decrypt(chat, 'ana', message).toString()).toBe('at five');
  for (const place of [8, message.length - 70, message.length - 1]) {
    const changed = Buffer.from(message);
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
    expect(() => eve.decrypt(chat, 'ana', changed)).toThrow();
  }
  expect(() => eve.decrypt(chat, 'ana', Buffer.concat([message, Buffer.of(0)]))).toThrow();
  expect(eve.decrypt(chat, 'ana', message).toString()).toBe('at five');
});
