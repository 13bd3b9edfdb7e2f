import { describe, expect, test } from 'vitest';
import { until } from '../../test/until.ts';
import { phoneChat } from '../platform/chat-id.ts';
import { inTransaction } from '../platform/db/transaction.ts';
import { deeds } from './conformance-deeds.ts';
import { bytesOf } from './conformance-files.ts';
import { samples } from './conformance-samples.ts';
import { type MakeEngine, setStage } from './conformance-stage.ts';
import { type Cause, type Deed, EngineGone, EngineRefusal, type OutgoingKind, type Powers } from './port.ts';

/** The one suite that every engine passes. What an engine says it can't do is skipped, with the reason it gives. */
export function describeEngine(name: string, make: MakeEngine): void {
  describe(`engine ${name}`, () => {
    const stage = setStage(make);
    const { nextNumber, newProfile, pairedProfile, person } = stage;

    describe('linking', () => {
      test('a fresh profile shows a code to scan that still lives, and is paired once scanned', async () => {
        const profile = await newProfile();
        const ownNumber = nextNumber();
        expect(await stage.engine.isPaired(profile.id)).toBe(false);
        profile.open();
        const { qr, expiresAt } = await profile.reaches('waiting-for-scan');
        expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
        await stage.network.phone(ownNumber).named('Bakery');
        await stage.network.phone(ownNumber).scan(qr);
        await profile.reaches('ended');
        expect(profile.links.map((link) => link.is)).toEqual([
          'connecting',
          'waiting-for-scan',
          'pairing',
          'ended',
        ]);
        expect(profile.links.at(-1)).toMatchObject({ cause: 'restart-asked' });
        expect(await stage.engine.isPaired(profile.id)).toBe(true);
        profile.open();
        expect(await profile.reaches('connected')).toMatchObject({
          as: phoneChat(ownNumber),
          lid: expect.stringMatching(/@lid$/),
          name: 'Bakery',
        });
      });

      test('a forgotten profile asks to be linked again', async () => {
        const { profile } = await pairedProfile();
        await profile.session.close();
        await inTransaction(stage.db, (tx) => stage.engine.forget(tx, profile.id));
        expect(await stage.engine.isPaired(profile.id)).toBe(false);
        profile.open();
        await profile.reaches('waiting-for-scan');
      });
    });

    describe('sending', () => {
      test('a text is acknowledged, read by the other person, and both are heard of', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone, chat } = await person();
        const id = await profile.send(chat, 'Your order is ready 🥐');
        expect(await phone.messages()).toMatchObject([
          { id, from: ownNumber, type: 'text', text: 'Your order is ready 🥐' },
        ]);
        await until('delivered', () => profile.statusOf(id).includes('delivered'));
        await phone.read(ownNumber);
        await until('read', () => profile.statusOf(id).includes('read'));
        expect(profile.receipts.at(-1)).toMatchObject({ chat, by: chat });
      });

      test('texts to one chat arrive in the order in which they were sent', async () => {
        const { profile } = await pairedProfile();
        const { phone, chat } = await person();
        const texts = Array.from({ length: 20 }, (_, index) => `number ${index}`);
        for (const text of texts) await profile.send(chat, text);
        expect((await phone.messages()).map((message) => message.text)).toEqual(texts);
      });

      test('the same id sent twice is read once', async () => {
        const { profile } = await pairedProfile();
        const { phone, chat } = await person();
        const { id, message } = profile.write(chat, 'once');
        await profile.session.send(id, chat, message);
        await profile.session.send(id, chat, message);
        await profile.send(chat, 'next');
        expect((await phone.messages()).map(({ text }) => text)).toEqual(['once', 'next']);
      });

      test('a refusal of the server is told with its code and a sentence', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { chat } = await person();
        await stage.network.fault({ name: 'refuse-message', number: ownNumber, code: 463 });
        const refusal = await profile.send(chat, 'no').catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(EngineRefusal);
        expect(refusal).toMatchObject({ code: 463, message: expect.stringMatching(/new chats/) });
        await profile.send(chat, 'yes');
      });

      test('a message made for outdated devices is made once more, and refused if that does not help', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone, chat } = await person();
        await stage.network.fault({ name: 'refuse-message', number: ownNumber, code: 479, count: 1 });
        await profile.send(chat, 'made anew');
        expect((await phone.messages()).map((message) => message.text)).toEqual(['made anew']);
        const always = await stage.network.fault({
          name: 'refuse-message',
          number: ownNumber,
          code: 479,
          count: 100,
        });
        const { id, message } = profile.write(chat, 'refused');
        await expect(profile.session.send(id, chat, message)).rejects.toMatchObject({ code: 479 });
        expect(await stage.network.ledger({ messageId: id, kind: 'refused' })).toHaveLength(2);
        await always.clear();
      });

      test('someone who is not on the network is refused, not sent to nobody', async () => {
        const { profile } = await pairedProfile();
        await expect(profile.send(phoneChat('628999999999'), 'hello?')).rejects.toMatchObject({ code: 404 });
      });

      test('a connection that ends before the acknowledgement leaves the message to be sent again', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone, chat } = await person();
        await stage.network.fault({ name: 'hold-acks', number: ownNumber });
        const { id, message } = profile.write(chat, 'in between');
        const sending = profile.session.send(id, chat, message).catch((error: unknown) => error);
        await until(
          'the network has it',
          async () => (await stage.network.ledger({ messageId: id })).length > 0,
        );
        await stage.network.fault({ name: 'terminate', number: ownNumber });
        expect(await sending).toBeInstanceOf(EngineGone);
        await stage.network.clearFaults();
        await profile.connect();
        await profile.session.send(id, chat, message);
        await profile.send(chat, 'after');
        expect((await phone.messages()).map(({ text }) => text)).toEqual(['in between', 'after']);
      });

      test('a server that never acknowledges is not waited for without end', async () => {
        const hasty = make({ db: stage.db, network: stage.network, ackMsMax: 200 });
        const { profile, ownNumber } = await pairedProfile(hasty);
        const { chat } = await person();
        await stage.network.fault({ name: 'hold-acks', number: ownNumber });
        await expect(profile.send(chat, 'anyone?')).rejects.toBeInstanceOf(EngineGone);
      });

      test('without a connection nothing is sent', async () => {
        const profile = await newProfile();
        profile.open();
        await profile.reaches('waiting-for-scan');
        await expect(profile.send(phoneChat('628111000999'), 'x')).rejects.toBeInstanceOf(EngineGone);
      });
    });

    describe('receiving', () => {
      test('what a person writes arrives with who, when and what', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone, chat } = await person('Bob');
        const id = await phone.sends(ownNumber, 'Do you have rye?');
        const [message] = await until('a message', () => profile.received.length > 0 && profile.received);
        expect(message).toMatchObject({ id, chat, fromMe: false, late: false });
        expect(message?.content).toEqual({ type: 'text', text: 'Do you have rye?' });
        expect(message?.sender).toMatchObject({
          phone: chat,
          name: 'Bob',
          lid: expect.stringMatching(/@lid$/),
        });
        expect(Math.abs(Date.now() - (message?.timestamp.getTime() ?? 0))).toBeLessThan(60_000);
        expect(profile.pairs).toContainEqual({ phone: chat, lid: message?.sender.lid });
      });

      test('what the owner writes on their own phone arrives as ours', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone, chat } = await person();
        await stage.network.phone(ownNumber).sends(phone.number, 'from my pocket');
        const [message] = await until('a message', () => profile.received.length > 0 && profile.received);
        expect(message).toMatchObject({ chat, fromMe: true, content: { text: 'from my pocket' } });
        expect(message?.sender.phone).toBe(phoneChat(ownNumber));
      });

      test('what came while we were away arrives once, in order, as late', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone } = await person();
        await profile.session.close();
        for (const text of ['one', 'two', 'three']) await phone.sends(ownNumber, text);
        await profile.connect();
        await until('all three', () => profile.received.length >= 3);
        await profile.session.close();
        await profile.connect();
        expect(profile.texts()).toEqual(['one', 'two', 'three']);
        expect(profile.received.every((message) => message.late)).toBe(true);
      });

      test('the first words of a new contact arrive in the order in which they were written', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone } = await person('Stranger');
        const texts = Array.from({ length: 12 }, (_, index) => `word ${index}`);
        for (const text of texts) await phone.sends(ownNumber, text);
        await until('all of them', () => profile.received.length >= texts.length);
        expect(profile.texts()).toEqual(texts);
      });

      test('a message that could not be stored is brought again, and settled only once', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone } = await person();
        let failures = 2;
        profile.beforeStoring = async () => {
          if (failures-- > 0) throw new Error('the disk is full');
        };
        await phone.sends(ownNumber, 'try me');
        await until('stored', () => profile.received.length > 0);
        expect(profile.texts()).toEqual(['try me']);
      });

      test('a message heard but never stored arrives at the next connection', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone } = await person();
        const reception = Promise.withResolvers<void>();
        profile.beforeStoring = async () => {
          reception.resolve();
          throw new Error('the process dies here');
        };
        await phone.sends(ownNumber, 'do not lose me');
        await reception.promise;
        await until(
          'the network heard our receipt',
          async () => (await stage.network.phone(ownNumber).devices())[0]?.pending === 0,
        );
        await profile.session.close();
        profile.beforeStoring = undefined;
        await profile.connect();
        await until('stored', () => profile.received.length > 0);
        expect(profile.received).toMatchObject([{ content: { text: 'do not lose me' }, late: true }]);
      });
    });

    describe('what not every engine can do', () => {
      /** Runs where the engine says that it can; elsewhere the report shows the reason it gives. */
      const testOf = (what: OutgoingKind | Deed, promise: string, keep: () => Promise<void>) =>
        test(promise, async ({ skip }) => {
          const can = stage.engine.can[what];
          if (can !== true) skip(can.cannot);
          await keep();
        });

      for (const [kind, { sent, shown }] of Object.entries(samples)) {
        testOf(
          sent.type,
          `a message of the kind ${kind} is shown by the receiver as it was sent`,
          async () => {
            const { profile, ownNumber } = await pairedProfile();
            const { phone, chat } = await person();
            const id = await profile.sends(chat, sent);
            expect(await phone.messages()).toMatchObject([{ id, from: ownNumber, ...shown }]);
            if ('file' in sent) expect(await phone.file(id)).toEqual(bytesOf(sent.file.id));
          },
        );
      }

      for (const [deed, promises] of Object.entries(deeds)) {
        for (const [promise, keep] of Object.entries(promises)) {
          testOf(deed as Deed, promise, () => keep(stage));
        }
      }

      test('a session leaves out exactly the powers that its engine lacks', async () => {
        const session = (await newProfile()).open();
        const others = ['pairing-code', 'reaction', 'edited', 'revoked', 'pinned', 'kept', 'live-updates'];
        const powers = Object.keys(deeds).filter((deed) => !others.includes(deed)) as (keyof Powers)[];
        const present = powers.filter((power) => session[power] !== undefined);
        expect(present).toEqual(powers.filter((power) => stage.engine.can[power] === true));
      });

      test('for whatever an engine can’t do it gives a reason in a sentence', () => {
        for (const can of Object.values(stage.engine.can)) {
          if (can !== true) expect(can.cannot).toMatch(/^[A-Z].+\.$/);
        }
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
        const { profile, ownNumber } = await pairedProfile();
        await stage.network.fault({ name: fault, number: ownNumber });
        const ended = await profile.reaches('ended');
        expect(ended).toMatchObject({ cause, reason: expect.stringMatching(/^[A-Z].+\.$/) });
        await expect(profile.send(phoneChat(ownNumber), 'too late')).rejects.toBeInstanceOf(EngineGone);
      });

      const refusals: [fault: string, cause: Cause][] = [
        ['login-401', 'logged-out'],
        ['login-403', 'banned'],
        ['login-405', 'outdated'],
        ['login-503', 'unavailable'],
      ];
      test('a refused login is told by its cause, and the login stays until it is forgotten', async () => {
        const { profile, ownNumber } = await pairedProfile();
        for (const [name, cause] of refusals) {
          await profile.session.close();
          const fault = await stage.network.fault({ name, number: ownNumber });
          profile.open();
          expect(await profile.reaches('ended')).toMatchObject({ cause });
          await fault.clear();
        }
        expect(await stage.engine.isPaired(profile.id)).toBe(true);
        await profile.connect();
      });

      test('that nothing can be sent any more is known at once, also while what came is stored', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone } = await person();
        const stored = Promise.withResolvers<void>();
        const arrived = new Promise<void>((resolve) => {
          profile.beforeStoring = async () => {
            resolve();
            await stored.promise;
          };
        });
        await phone.sends(ownNumber, 'just in time');
        await arrived;
        await stage.network.fault({ name: 'terminate', number: ownNumber });
        await until('it is known', () => profile.session.ended.aborted);
        expect(profile.links.at(-1)).toMatchObject({ is: 'connected' });
        stored.resolve();
        await profile.reaches('ended');
        expect(profile.texts()).toEqual(['just in time']);
      });

      test('after closing, nothing more is heard', async () => {
        const { profile, ownNumber } = await pairedProfile();
        const { phone } = await person();
        await profile.session.close();
        expect(profile.links.at(-1)).toMatchObject({ is: 'ended', cause: 'closed' });
        const before = profile.links.length;
        await phone.sends(ownNumber, 'anybody home?');
        await profile.session.close();
        expect(profile.links).toHaveLength(before);
        expect(profile.received).toEqual([]);
      });
    });
  });
}
