import { expect } from 'vitest';
import { until } from '../../test/until.ts';
import { phoneChat, storedChat } from '../platform/chat-id.ts';
import type { Stage } from './conformance-stage.ts';
import type { Deed, Powers } from './port.ts';

type Promises = Record<string, (stage: Stage) => Promise<void>>;

/** What each deed promises, by the name of the test. An engine that can't do it says why in `Engine.can`. */
export const deeds: Record<Deed, Promises> = {
  'pairing-code': {
    async 'a code typed on the phone links too'({ network, newProfile, nextNumber }) {
      const me = await newProfile();
      const mine = nextNumber();
      await network.phone(mine).named('Bakery');
      me.open({ pairingPhone: `+${mine}` });
      const { code, expiresAt } = await me.reaches('waiting-for-code');
      expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
      await network.phone(mine).enterCode(code);
      await me.reaches('ended');
      await me.connect();
      expect(me.links.at(-1)).toMatchObject({ as: phoneChat(mine) });
    },
    async 'a code that nobody typed leaves no half-made login'({ network, engine, newProfile, nextNumber }) {
      const me = await newProfile();
      me.open({ pairingPhone: nextNumber() });
      await me.reaches('waiting-for-code');
      await network.restart();
      await me.reaches('ended');
      expect(await engine.isPaired(me.id)).toBe(false);
      me.open();
      await me.reaches('waiting-for-scan');
    },
  },

  logout: {
    async 'logging out unlinks the device at the phone'(stage) {
      const { me, mine } = await stage.pairedProfile();
      await of(me.session, 'logout').call(me.session);
      expect(me.links.at(-1)).toMatchObject({ is: 'ended', cause: 'logged-out' });
      expect(await stage.network.phone(mine).devices()).toEqual([]);
    },
  },

  numbers: {
    async 'a number is known by the address that the network gave it, whichever form is dialled'(stage) {
      const { me } = await stage.pairedProfile();
      const numbers = of(me.session, 'numbers');
      const registered = `5511${String(Date.now()).slice(-8)}`;
      await stage.network.phone(registered).named('Maria');
      const dialled = phoneChat(`55119${registered.slice(4)}`);
      expect(await numbers.addressOf(dialled)).toBe(phoneChat(registered));
      expect(await numbers.addressOf(phoneChat(registered))).toBe(phoneChat(registered));
      expect(await numbers.addressOf(phoneChat('628999999999'))).toBeUndefined();
      await expect(me.send(dialled, 'nobody there')).rejects.toMatchObject({ code: 404 });
    },
  },

  groups: {
    async 'a group we are in is known by its subject and its admins, another one is unknown'(stage) {
      const { me, mine } = await stage.pairedProfile();
      const [{ phone, chat }, other] = [await stage.person('Ana'), await stage.person('Bob')];
      const groups = of(me.session, 'groups');
      const ours = storedChat(await stage.network.group(phone.number, 'Bakers', [mine, other.phone.number]));
      const theirs = storedChat(await stage.network.group(phone.number, 'Others', [other.phone.number]));
      expect(await groups.about(ours)).toMatchObject({ chat: ours, name: 'Bakers' });
      expect(await groups.admins(ours)).toMatchObject([{ phone: chat }]);
      expect(await groups.about(theirs)).toBeUndefined();
    },
  },

  receipts: {
    async 'marking as read shows on the sender’s phone'(stage) {
      const { me, mine } = await stage.pairedProfile();
      const { phone, chat } = await stage.person();
      const id = await phone.sends(mine, 'seen?');
      await until('a message', () => me.received.length > 0);
      await of(me.session, 'receipts').markRead([{ id: me.received[0]?.id ?? (id as never), chat }]);
      await until('read', async () => (await phone.messages(mine))[0]?.status === 'read');
    },
  },
};

/** The power of a session whose engine says that it has it. */
function of<Name extends keyof Powers>(session: Partial<Powers>, name: Name): Powers[Name] {
  const power = session[name];
  if (!power) throw new Error(`The engine can do "${name}", but its session leaves it out.`);
  return power as Powers[Name];
}
