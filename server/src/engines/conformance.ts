import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { insertProfile } from '../../test/profile-rows.ts';
import { type OwnSandbox, startTestSandbox } from '../../test/sandbox.ts';
import { until } from '../../test/until.ts';
import { phoneChat } from '../platform/chat-id.ts';
import { type Db, inTransaction } from '../platform/db/transaction.ts';
import { createProfile, type Profile } from './conformance-kit.ts';
import { samples } from './conformance-samples.ts';
import { type Cause, type Engine, EngineGone, EngineRefusal } from './port.ts';

/** What the suite needs of an engine: itself, on the given database and network, patient for `ackMsMax`. */
export type MakeEngine = (around: { db: Db; network: OwnSandbox; ackMsMax?: number }) => Engine;

export interface ConformanceOptions {
  /** Guarantees this engine can't give, with a reason a user could read. */
  cannot?: Partial<Record<'pairing-code' | 'logout' | 'mark-read', string>>;
}

/** The one suite that every engine passes. */
export function describeEngine(
  name: string,
  make: MakeEngine,
  { cannot = {} }: ConformanceOptions = {},
): void {
  describe(`engine ${name}`, () => {
    let store: TestDatabase;
    let network: OwnSandbox;
    let engine: Engine;
    let number = 628_111_000_000;
    const open: Profile[] = [];
    const nextNumber = () => String(++number);

    beforeAll(async () => {
      [store, network] = await Promise.all([testDatabase(), startTestSandbox()]);
      engine = make({ db: store.database.db, network });
    });
    afterEach(async () => {
      await network.clearFaults();
      await Promise.all(open.splice(0).map((profile) => profile.session?.close()));
    });
    afterAll(async () => {
      await Promise.all([store?.drop(), network?.stop()]);
    });

    async function newProfile(from: Engine = engine): Promise<Profile> {
      const { db } = store.database;
      const profile = createProfile(from, db, await insertProfile(db));
      open.push(profile);
      return profile;
    }
    async function pairedProfile(from?: Engine): Promise<{ me: Profile; mine: string }> {
      const me = await newProfile(from);
      const mine = nextNumber();
      await me.pair(network, mine, 'Bakery');
      return { me, mine };
    }
    async function person(name = 'Bob') {
      const phone = network.phone(nextNumber());
      await phone.named(name);
      return { phone, chat: phoneChat(phone.number) };
    }

    describe('linking', () => {
      test('a fresh profile shows a code to scan that still lives, and is paired once scanned', async () => {
        const me = await newProfile();
        const mine = nextNumber();
        expect(await engine.isPaired(me.id)).toBe(false);
        me.open();
        const { qr, expiresAt } = await me.reaches('waiting-for-scan');
        expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
        await network.phone(mine).named('Bakery');
        await network.phone(mine).scan(qr);
        await me.reaches('ended');
        expect(me.links.map((link) => link.is)).toEqual([
          'connecting',
          'waiting-for-scan',
          'pairing',
          'ended',
        ]);
        expect(me.links.at(-1)).toMatchObject({ cause: 'restart-asked' });
        expect(await engine.isPaired(me.id)).toBe(true);
        me.open();
        expect(await me.reaches('connected')).toMatchObject({
          as: phoneChat(mine),
          lid: expect.stringMatching(/@lid$/),
          name: 'Bakery',
        });
      });

      test.skipIf(cannot['pairing-code'])('a code typed on the phone links too', async () => {
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
      });

      test.skipIf(cannot['pairing-code'])('a code that nobody typed leaves no half-made login', async () => {
        const me = await newProfile();
        me.open({ pairingPhone: nextNumber() });
        await me.reaches('waiting-for-code');
        await network.restart();
        await me.reaches('ended');
        expect(await engine.isPaired(me.id)).toBe(false);
        me.open();
        await me.reaches('waiting-for-scan');
      });

      test('a forgotten profile asks to be linked again', async () => {
        const { me } = await pairedProfile();
        await me.session.close();
        await inTransaction(store.database.db, (tx) => engine.forget(tx, me.id));
        expect(await engine.isPaired(me.id)).toBe(false);
        me.open();
        await me.reaches('waiting-for-scan');
      });

      test.skipIf(cannot.logout)('logging out unlinks the device at the phone', async () => {
        const { me, mine } = await pairedProfile();
        await me.session.logout();
        expect(me.links.at(-1)).toMatchObject({ is: 'ended', cause: 'logged-out' });
        expect(await network.phone(mine).devices()).toEqual([]);
      });
    });

    describe('sending', () => {
      test('a text is acknowledged, read by the other person, and both are heard of', async () => {
        const { me, mine } = await pairedProfile();
        const { phone, chat } = await person();
        const id = await me.send(chat, 'Your order is ready 🥐');
        expect(await phone.messages()).toMatchObject([
          { id, from: mine, type: 'text', text: 'Your order is ready 🥐' },
        ]);
        await until('delivered', () => me.statusOf(id).includes('delivered'));
        await phone.read(mine);
        await until('read', () => me.statusOf(id).includes('read'));
        expect(me.receipts.at(-1)).toMatchObject({ chat, by: chat });
      });

      test('a message of each kind is shown by the receiver as it was sent', async () => {
        const { me, mine } = await pairedProfile();
        for (const [kind, { sent, shown }] of Object.entries(samples)) {
          const { phone, chat } = await person();
          const id = engine.newMessageId();
          me.sent.set(id, { chat, message: sent });
          await me.session.send(id, chat, sent);
          expect({ kind, messages: await phone.messages() }).toMatchObject({
            kind,
            messages: [{ id, from: mine, ...shown }],
          });
        }
      });

      test('texts to one chat arrive in the order in which they were sent', async () => {
        const { me } = await pairedProfile();
        const { phone, chat } = await person();
        const texts = Array.from({ length: 20 }, (_, index) => `number ${index}`);
        for (const text of texts) await me.send(chat, text);
        expect((await phone.messages()).map((message) => message.text)).toEqual(texts);
      });

      test('the same id sent twice is read once', async () => {
        const { me } = await pairedProfile();
        const { phone, chat } = await person();
        const { id, message } = me.write(chat, 'once');
        await me.session.send(id, chat, message);
        await me.session.send(id, chat, message);
        await me.send(chat, 'next');
        expect((await phone.messages()).map((one) => one.text)).toEqual(['once', 'next']);
      });

      test('a refusal of the server is told with its code and a sentence', async () => {
        const { me, mine } = await pairedProfile();
        const { chat } = await person();
        await network.fault({ name: 'refuse-message', number: mine, code: 463 });
        const refused = await me.send(chat, 'no').catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(EngineRefusal);
        expect(refused).toMatchObject({ code: 463, message: expect.stringMatching(/new chats/) });
        await me.send(chat, 'yes');
      });

      test('a message made for outdated devices is made once more, and refused if that does not help', async () => {
        const { me, mine } = await pairedProfile();
        const { phone, chat } = await person();
        await network.fault({ name: 'refuse-message', number: mine, code: 479, count: 1 });
        await me.send(chat, 'made anew');
        expect((await phone.messages()).map((message) => message.text)).toEqual(['made anew']);
        const always = await network.fault({ name: 'refuse-message', number: mine, code: 479, count: 100 });
        const { id, message } = me.write(chat, 'refused');
        await expect(me.session.send(id, chat, message)).rejects.toMatchObject({ code: 479 });
        expect(await network.ledger({ messageId: id, kind: 'refused' })).toHaveLength(2);
        await always.clear();
      });

      test('someone who is not on the network is refused, not sent to nobody', async () => {
        const { me } = await pairedProfile();
        await expect(me.send(phoneChat('628999999999'), 'hello?')).rejects.toMatchObject({ code: 404 });
      });

      test('a number is known by the address that the network gave it, whichever form is dialled', async () => {
        const { me } = await pairedProfile();
        const registered = `5511${String(Date.now()).slice(-8)}`;
        await network.phone(registered).named('Maria');
        const dialled = phoneChat(`55119${registered.slice(4)}`);
        expect(await me.session.addressOf(dialled)).toBe(phoneChat(registered));
        expect(await me.session.addressOf(phoneChat(registered))).toBe(phoneChat(registered));
        expect(await me.session.addressOf(phoneChat('628999999999'))).toBeUndefined();
        await expect(me.send(dialled, 'nobody there')).rejects.toMatchObject({ code: 404 });
      });

      test('a connection that ends before the acknowledgement leaves the message to be sent again', async () => {
        const { me, mine } = await pairedProfile();
        const { phone, chat } = await person();
        await network.fault({ name: 'hold-acks', number: mine });
        const { id, message } = me.write(chat, 'in between');
        const sending = me.session.send(id, chat, message).catch((error: unknown) => error);
        await until('the network has it', async () => (await network.ledger({ messageId: id })).length > 0);
        await network.fault({ name: 'terminate', number: mine });
        expect(await sending).toBeInstanceOf(EngineGone);
        await network.clearFaults();
        await me.connect();
        await me.session.send(id, chat, message);
        await me.send(chat, 'after');
        expect((await phone.messages()).map((one) => one.text)).toEqual(['in between', 'after']);
      });

      test('a server that never acknowledges is not waited for without end', async () => {
        const hasty = make({ db: store.database.db, network, ackMsMax: 200 });
        const { me, mine } = await pairedProfile(hasty);
        const { chat } = await person();
        await network.fault({ name: 'hold-acks', number: mine });
        await expect(me.send(chat, 'anyone?')).rejects.toBeInstanceOf(EngineGone);
      });

      test('without a connection nothing is sent', async () => {
        const me = await newProfile();
        me.open();
        await me.reaches('waiting-for-scan');
        await expect(me.send(phoneChat('628111000999'), 'x')).rejects.toBeInstanceOf(EngineGone);
      });
    });

    describe('receiving', () => {
      test('what a person writes arrives with who, when and what', async () => {
        const { me, mine } = await pairedProfile();
        const { phone, chat } = await person('Bob');
        const id = await phone.sends(mine, 'Do you have rye?');
        const [message] = await until('a message', () => me.received.length > 0 && me.received);
        expect(message).toMatchObject({ id, chat, fromMe: false, late: false });
        expect(message?.content).toEqual({ type: 'text', text: 'Do you have rye?' });
        expect(message?.sender).toMatchObject({
          phone: chat,
          name: 'Bob',
          lid: expect.stringMatching(/@lid$/),
        });
        expect(Math.abs(Date.now() - (message?.timestamp.getTime() ?? 0))).toBeLessThan(60_000);
        expect(me.pairs).toContainEqual({ phone: chat, lid: message?.sender.lid });
      });

      test('what the owner writes on their own phone arrives as ours', async () => {
        const { me, mine } = await pairedProfile();
        const { phone, chat } = await person();
        await network.phone(mine).sends(phone.number, 'from my pocket');
        const [message] = await until('a message', () => me.received.length > 0 && me.received);
        expect(message).toMatchObject({ chat, fromMe: true, content: { text: 'from my pocket' } });
        expect(message?.sender.phone).toBe(phoneChat(mine));
      });

      test('what came while we were away arrives once, in order, as late', async () => {
        const { me, mine } = await pairedProfile();
        const { phone } = await person();
        await me.session.close();
        for (const text of ['one', 'two', 'three']) await phone.sends(mine, text);
        await me.connect();
        await until('all three', () => me.received.length >= 3);
        await me.session.close();
        await me.connect();
        expect(me.texts()).toEqual(['one', 'two', 'three']);
        expect(me.received.every((message) => message.late)).toBe(true);
      });

      test('the first words of a new contact arrive in the order in which they were written', async () => {
        const { me, mine } = await pairedProfile();
        const { phone } = await person('Stranger');
        const texts = Array.from({ length: 12 }, (_, index) => `word ${index}`);
        for (const text of texts) await phone.sends(mine, text);
        await until('all of them', () => me.received.length >= texts.length);
        expect(me.texts()).toEqual(texts);
      });

      test('a message that could not be stored is brought again, and settled only once', async () => {
        const { me, mine } = await pairedProfile();
        const { phone } = await person();
        let failures = 2;
        me.beforeStoring = async () => {
          if (failures-- > 0) throw new Error('the disk is full');
        };
        await phone.sends(mine, 'try me');
        await until('stored', () => me.received.length > 0);
        expect(me.texts()).toEqual(['try me']);
      });

      test('a message heard but never stored arrives at the next connection', async () => {
        const { me, mine } = await pairedProfile();
        const { phone } = await person();
        const heard = Promise.withResolvers<void>();
        me.beforeStoring = async () => {
          heard.resolve();
          throw new Error('the process dies here');
        };
        await phone.sends(mine, 'do not lose me');
        await heard.promise;
        await until(
          'the network heard our receipt',
          async () => (await network.phone(mine).devices())[0]?.pending === 0,
        );
        await me.session.close();
        me.beforeStoring = undefined;
        await me.connect();
        await until('stored', () => me.received.length > 0);
        expect(me.received).toMatchObject([{ content: { text: 'do not lose me' }, late: true }]);
      });

      test.skipIf(cannot['mark-read'])('marking as read shows on the sender’s phone', async () => {
        const { me, mine } = await pairedProfile();
        const { phone, chat } = await person();
        const id = await phone.sends(mine, 'seen?');
        await until('a message', () => me.received.length > 0);
        await me.session.markRead([{ id: me.received[0]?.id ?? (id as never), chat }]);
        await until('read', async () => (await phone.messages(mine))[0]?.status === 'read');
      });
    });

    describe('ending', () => {
      const ends: [fault: string, cause: Cause][] = [
        ['device-removed', 'logged-out'],
        ['stream-503', 'unavailable'],
        ['restart', 'restart-asked'],
        ['replaced', 'replaced'],
        ['stream-end', 'connection-lost'],
        ['close', 'connection-lost'],
        ['terminate', 'connection-lost'],
      ];
      test.for(ends)('%s is told as %s, with a reason', async ([fault, cause]) => {
        const { me, mine } = await pairedProfile();
        await network.fault({ name: fault, number: mine });
        const ended = await me.reaches('ended');
        expect(ended).toMatchObject({ cause, reason: expect.stringMatching(/^[A-Z].+\.$/) });
        await expect(me.send(phoneChat(mine), 'too late')).rejects.toBeInstanceOf(EngineGone);
      });

      const refusals: [fault: string, cause: Cause][] = [
        ['login-401', 'logged-out'],
        ['login-403', 'banned'],
        ['login-405', 'outdated'],
        ['login-503', 'unavailable'],
      ];
      test('a refused login is told by its cause, and the login stays until it is forgotten', async () => {
        const { me, mine } = await pairedProfile();
        for (const [name, cause] of refusals) {
          await me.session.close();
          const fault = await network.fault({ name, number: mine });
          me.open();
          expect(await me.reaches('ended')).toMatchObject({ cause });
          await fault.clear();
        }
        expect(await engine.isPaired(me.id)).toBe(true);
        await me.connect();
      });

      test('after closing, nothing more is heard', async () => {
        const { me, mine } = await pairedProfile();
        const { phone } = await person();
        await me.session.close();
        expect(me.links.at(-1)).toMatchObject({ is: 'ended', cause: 'closed' });
        const before = me.links.length;
        await phone.sends(mine, 'anybody home?');
        await me.session.close();
        expect(me.links).toHaveLength(before);
        expect(me.received).toEqual([]);
      });
    });
  });
}
