import { expect } from 'vitest';
import { until } from '../../test/until.ts';
import { type ChatId, phoneChat } from '../platform/chat-id.ts';
import type { Stage } from './conformance-stage.ts';

type Promises = Record<string, (stage: Stage) => Promise<void>>;

/** What an engine promises that can look up numbers. */
export const numberDeeds: Promises = {
  async 'a number is known by the address that the network gave it, whichever form is dialled'(stage) {
    const { profile } = await stage.pairedProfile();
    const numbers = powerOf(profile.session.numbers);
    const registered = `5511${String(Date.now()).slice(-8)}`;
    await stage.network.phone(registered).named('Maria');
    const dialled = phoneChat(`55119${registered.slice(4)}`);
    expect(await numbers.addressOf(dialled)).toBe(phoneChat(registered));
    expect(await numbers.addressOf(phoneChat(registered))).toBe(phoneChat(registered));
    expect(await numbers.addressOf(phoneChat('628999999999'))).toBeUndefined();
    const several = [phoneChat('628999999999'), dialled, phoneChat(registered), phoneChat('628999999998')];
    const found = phoneChat(registered);
    expect(await numbers.addressesOf(several)).toEqual([undefined, found, found, undefined]);
    await expect(profile.send(dialled, 'nobody there')).rejects.toMatchObject({ code: 404 });
  },
};

/** What an engine promises that can block people. */
export const blockDeeds: Promises = {
  async 'who is blocked on either side is blocked for both, and unblocked'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const [{ phone, chat }, other] = [await stage.person(), await stage.person()];
    const blocks = powerOf(profile.session.blocks);
    const own = stage.network.phone(ownNumber);
    await blocks.set(chat, true);
    expect(await own.blocked()).toEqual([phone.number]);
    await own.blocks(other.phone.number);
    const isListed = async (person: ChatId) => (await blocks.list()).some((one) => one.phone === person);
    await until('both are listed', async () => (await isListed(chat)) && (await blocks.list()).length === 2);
    await blocks.set(chat, false);
    expect(await isListed(chat)).toBe(false);
    expect(await own.blocked()).toEqual([other.phone.number]);
    await expect(blocks.set(phoneChat('628999999999'), true)).rejects.toMatchObject({ code: 404 });
  },
};

/** What an engine promises that sees what people show of themselves. */
export const peopleDeeds: Promises = {
  async 'picture and about are as the person shows them, also when they hide or change them'(stage) {
    const { profile, ownNumber } = await stage.pairedProfile();
    const { phone, chat } = await stage.person();
    await phone.sends(ownNumber, 'Hello');
    const people = powerOf(profile.session.people);
    await phone.looks({ about: '' });
    expect([await people.picture(chat), await people.about(chat)]).toEqual([{ is: 'none' }, { is: 'none' }]);
    await phone.looks({ about: 'Baker', picture: true });
    await until('the changes are told', async () => profile.changedPeople.length >= 3);
    expect(profile.changedPeople.every((one) => one.phone === chat)).toBe(true);
    const first = await people.picture(chat);
    if (first.is !== 'shown') throw new Error('the picture is not shown');
    expect(first.jpeg?.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect(await people.picture(chat, first.version)).toEqual({ is: 'shown', version: first.version });
    expect(await people.about(chat)).toEqual({ is: 'shown', text: 'Baker' });
    await phone.looks({ picture: true });
    expect(await people.picture(chat, first.version)).toMatchObject({
      is: 'shown',
      jpeg: expect.any(Buffer),
    });
    await phone.hides('profile', 'status');
    expect([await people.picture(chat), await people.about(chat)]).toEqual([
      { is: 'hidden' },
      { is: 'hidden' },
    ]);
  },
};

/** The power of a session whose engine says that it has it. */
function powerOf<Power>(power: Power | undefined): Power {
  if (!power) throw new Error('The engine says that it can, but its session leaves the power out.');
  return power;
}
