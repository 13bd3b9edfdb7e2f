import fc from 'fast-check';
import { expect } from 'vitest';
import { MessageCounterError } from '../src/index.ts';
import { GroupMember } from './group-member.ts';
import type { Library } from './person.ts';

const deed = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant('send' as const) },
    { weight: 8, arbitrary: fc.constant('deliver' as const) },
    { weight: 1, arbitrary: fc.constant('lose' as const) },
    { weight: 1, arbitrary: fc.constant('repeat' as const) },
    { weight: 1, arbitrary: fc.constant('announce' as const) },
    { weight: 1, arbitrary: fc.constant('rotate' as const) },
  ),
  pick: fc.nat(40),
});

const chat = 'group@g.us';
const statesMax = 5;

export interface GroupExchange {
  readonly libraries: readonly [Library, Library];
  readonly runs: number;
  readonly seed: number;
}

/**
 * One writes and changes the key now and then, the other reads: whatever comes is read exactly once, in whatever order,
 * unless five newer keys were announced since.
 */
export async function groupExchanges({ libraries, runs, seed }: GroupExchange): Promise<void> {
  const [one, other] = libraries;
  const property = fc.asyncProperty(fc.array(deed, { minLength: 30, maxLength: 150 }), async (deeds) => {
    const [writer, reader] = [new GroupMember(one), new GroupMember(other)];
    const onTheWay: { text: Buffer; message: Buffer; key: number }[] = [];
    const arrived: typeof onTheWay = [];
    let key = 0;
    const announce = async () => reader.accept(chat, await writer.announce(chat));
    await announce();
    for (const [n, { kind, pick }] of deeds.entries()) {
      if (kind === 'send') {
        const text = Buffer.from(`${n}`.padStart(pick));
        onTheWay.push({ text, message: await writer.encrypt(chat, text), key });
      } else if (kind === 'deliver') {
        const [sent] = onTheWay.splice(pick % Math.max(onTheWay.length, 1), 1);
        if (!sent || key - sent.key >= statesMax) continue;
        expect(await reader.decrypt(chat, sent.message)).toEqual(sent.text);
        arrived.push(sent);
      } else if (kind === 'lose') {
        onTheWay.splice(pick % Math.max(onTheWay.length, 1), 1);
      } else if (kind === 'repeat') {
        const sent = arrived[pick % Math.max(arrived.length, 1)];
        if (!sent || key - sent.key >= statesMax) continue;
        const before = reader.kept.get(chat);
        const again = expect(reader.decrypt(chat, sent.message)).rejects;
        await (other === 'ours' ? again.toThrow(MessageCounterError) : again.toThrow());
        expect(reader.kept.get(chat)).toEqual(before);
      } else if (kind === 'rotate') {
        writer.rotate(chat);
        key += 1;
        await announce();
        // Baileys counts a key again each time that it is announced, so only ours is announced twice.
      } else if (other === 'ours') await announce();
    }
  });
  await fc.assert(property, { numRuns: runs, seed });
}
