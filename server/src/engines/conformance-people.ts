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

/** The power of a session whose engine says that it has it. */
function powerOf<Power>(power: Power | undefined): Power {
  if (!power) throw new Error('The engine says that it can, but its session leaves the power out.');
  return power;
}
