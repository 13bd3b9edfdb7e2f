import { randomBytes } from 'node:crypto';
import type { proto } from 'baileys';
import { type Account, type Address, type Device, pnJid } from '../accounts/account.ts';
import { memberJid } from '../groups/group.ts';
import { assertMayWrite } from '../groups/refusal.ts';
import { Part } from '../part.ts';
import { node } from '../wire/node.ts';
import type { Change } from './app-state/change.ts';
import { PersonalState } from './app-state/personal-state.ts';
import { CompanionCare } from './companion-care.ts';
import { Composer } from './composer.ts';
import { isResponse, type NewMessage } from './contents/new-message.ts';
import type { RawMessage } from './contents/raw.ts';
import { Deeds } from './deeds.ts';
import type { PhoneDeps } from './deps.ts';
import { Inbox } from './inbox.ts';
import { PhoneMail } from './mail.ts';
import { Marks } from './marks.ts';
import { PhoneReader } from './reader.ts';
import { Screen, type ShownMessage } from './screen.ts';
import { PhoneSender, type Target } from './sender.ts';
import type { PhoneSignal } from './signal.ts';
import { Turns } from './turns.ts';
import { Viewer } from './viewer.ts';

/** The person's phone is switched off. */
export class PhoneOffline extends Error {}

/** The emulated phones: device 0 of every account, with the person who holds it. They decrypt when somebody looks, or in idle time. */
export class Phones extends Part<PhoneDeps> {
  readonly inbox = new Inbox(this.deps.store);
  readonly #turns = new Turns(this.deps);
  readonly #own = { ...this.deps, inbox: this.inbox, marks: new Marks(this.deps.store) };
  readonly #state = new PersonalState(this.#own);
  readonly #screen = new Screen(this.#own);
  readonly #composer = new Composer(this.#own);
  readonly #viewer = new Viewer(this.#own);
  readonly #care = new CompanionCare({ ...this.#own, state: this.#state });
  readonly #deeds = new Deeds(this.#own);
  readonly #sender = new PhoneSender({ ...this.#own, deeds: this.#deeds, peers: this.#care.peers });
  readonly #reader = new PhoneReader({
    ...{ ...this.#own, sender: this.#sender, deeds: this.#deeds, watch: this.#care.watch },
    answer: (...asked) => this.#care.answer(...asked),
  });
  /** What comes to the phones from the network. */
  readonly mail = new PhoneMail({
    ...{ ...this.#own, turns: this.#turns, state: this.#state },
    ...{ care: this.#care, reader: this.#reader },
  });

  /** Begins idle work. */
  begin(): void {
    this.mail.begin();
  }

  /** Ends idle work; what waits keeps waiting. */
  stop(): void {
    this.mail.stop();
    this.#turns.stop();
  }

  /** What the person sees, after the phone has read its mail. */
  async look(account: Account, chat?: string, after?: string, limit?: number): Promise<ShownMessage[]> {
    await this.#readMail(account);
    return this.#screen.list(account, chat, after, limit);
  }

  /** The person writes something and sends it; gives its id. Throws PhoneOffline, ContentRefused, GroupRefusal when it can't be. */
  async write(account: Account, to: Target, body: NewMessage): Promise<string> {
    await this.#awake(account, () => undefined);
    // The app does not let people write where the network would refuse it.
    if (to.is === 'group') assertMayWrite(to.group, account, isResponse(body));
    const { reach, message, raw } = await this.#composer.compose(account, to, body);
    return this.send(account, reach, message, raw);
  }

  /** The person sends a message; gives its id. Throws PhoneOffline when the phone is off. */
  send(account: Account, to: Target, message: proto.IMessage, raw?: RawMessage): Promise<string> {
    const id = raw?.id ?? `3A${randomBytes(9).toString('hex').toUpperCase()}`;
    return this.#awake(account, async (signal) => {
      await this.#sender.send(account, signal, to, id, message, raw?.bytes);
      return id;
    });
  }

  /** The person opens a chat: everything unread in it is read, and the senders hear so. Gives how many that were. */
  openChat(account: Account, chat: string): Promise<number> {
    return this.#awake(account, async () => {
      let count = 0;
      for (const { peer, sender, ids } of this.inbox.openChat(account.number, chat)) {
        const [id, ...others] = ids;
        const items = others.map((other) => node('item', { id: other }));
        const list = others.length > 0 ? [node('list', {}, items)] : undefined;
        const participant = this.#authorIn(peer, sender);
        const receipt = node('receipt', { id, to: peer, participant, type: 'read' }, list);
        this.deps.receipts.route({ account, device: 0 }, receipt);
        count += ids.length;
      }
      await this.#state.opened(account, chat);
      return count;
    });
  }

  /** The file that came with a message, as the person sees it. Refuses as Viewer.file does. */
  async file(account: Account, id: string): ReturnType<Viewer['file']> {
    await this.#readMail(account);
    return this.#viewer.file(account, id);
  }

  /** The person plays a voice message or looks at a view-once file: its sender hears so. Throws PhoneOffline too. */
  play(account: Account, id: string): Promise<void> {
    return this.#awake(account, () => {
      const message = this.#viewer.play(account, id);
      if (!message) return;
      const { peer: to, from } = message;
      const participant = this.#authorIn(to, from);
      const receipt = node('receipt', { id, to, participant, type: 'played' });
      this.deps.receipts.route({ account, device: 0 }, receipt);
    });
  }

  /** Everybody this person has a chat with. */
  acquaintances(account: Account): Account[] {
    return this.inbox.chats(account.number).flatMap(({ chat }) => this.deps.directory.find(chat) ?? []);
  }

  /**
   * The person installs the phone anew: new keys, no sessions, no app state; messages only when they are kept, as from a
   * backup. Mail that has come so far is read first, with the old keys. Throws PhoneOffline when the phone is off.
   */
  renew(account: Account, keepMessages: boolean): Promise<void> {
    return this.#awake(account, async () => {
      await this.#state.read(account);
      this.#turns.forget(account);
      this.deps.store.run('DELETE FROM phone_keys WHERE number = ?', account.number);
      this.#state.forget(account);
      if (!keepMessages) this.inbox.clearAll(account.number);
      this.deps.directory.renewKeys(account);
    });
  }

  /** The phone loses its Signal sessions: what comes next can't be read, and is asked for again. */
  forgetSessions(account: Account): Promise<void> {
    return this.#turns.alone(account, (signal) => signal.forgetSessions());
  }

  /** Switches a phone on or off. While it is off nothing reaches it; mail waits. */
  async setOnline(account: Account, online: boolean): Promise<void> {
    if (account.online === online) return;
    if (!online) await this.#readMail(account);
    account.online = online;
    this.deps.directory.save(account);
    this.deps.presence.changed(account);
    if (!online || this.#turns.stopped) return;
    for (const { seq, stanza, told } of this.deps.mailbox.pending(account.number, 0)) {
      if (!told) this.mail.arrived(account, seq, stanza);
    }
    for (const device of account.devices.keys()) this.companionActive({ account, device });
    this.mail.stateWritten(account);
  }

  /** What the person has set for chats, contacts and itself, on any device. While the phone is off, as it stood before. */
  state(account: Account): ReturnType<PersonalState['read']> {
    return this.#turns.alone(account, async (signal) => {
      if (account.online) await this.mail.read(account, signal);
      return this.#state.read(account);
    });
  }

  /** The person changes a setting; the companions are told. Throws PhoneOffline when the phone is off. */
  change(account: Account, change: Change): Promise<void> {
    return this.#awake(account, () => this.#state.write(account, change));
  }

  /** Uploads what everything set adds up to, for companions to come. Throws PhoneOffline when the phone is off. */
  uploadState(account: Account): Promise<void> {
    return this.#awake(account, () => this.#state.upload(account));
  }

  /** The person takes another name; the companions are told when the phone is on. */
  async rename(account: Account, name: string): Promise<void> {
    await this.#turns.alone(account, async () => {
      await this.#state.read(account);
      this.deps.directory.rename(account, name);
      if (account.online) await this.#state.tellName(account);
    });
  }

  /** A companion takes stanzas live now: a new one is given app-state key and history. */
  companionActive({ account, device }: Address): void {
    const companion = account.devices.get(device);
    const isThere = this.deps.links.active(account.number, device) !== undefined;
    if (!companion || companion.broughtUp || !account.online || !isThere) return;
    void this.#turns
      .inBackground(account, (signal) => this.mail.read(account, signal))
      .then(() => this.#sync(account, companion));
  }

  /** How a receipt names the author of a message in a chat of many; undefined in a chat of two. */
  #authorIn(peer: string, sender: string): string | undefined {
    const { chats, directory } = this.deps;
    const [place, author] = [chats.resolve(peer), directory.find(sender)];
    if (!place || !author || place.is === 'person') return undefined;
    return place.is === 'group' ? memberJid(place.group, author) : pnJid(author);
  }

  async #sync(account: Account, companion: Device): Promise<void> {
    try {
      await this.#care.firstSync.run(account, companion, (phone, work) => this.#turns.alone(phone, work));
    } catch (error) {
      if (!this.#turns.stopped)
        this.deps.log(`first sync of ${account.number}:${companion.device} failed`, error);
    }
  }

  async #readMail(account: Account): Promise<void> {
    if (account.online) await this.#turns.alone(account, (signal) => this.mail.read(account, signal));
  }

  /**
   * What a person does with a phone: alone, and after it has read its mail, for answering on a session that its friend
   * has replaced would lose messages. Throws PhoneOffline when the phone is off.
   */
  async #awake<T>(account: Account, work: (signal: PhoneSignal) => T | Promise<T>): Promise<T> {
    if (!account.online) throw new PhoneOffline();
    return this.#turns.alone(account, async (signal) => {
      await this.mail.read(account, signal);
      return work(signal);
    });
  }
}
