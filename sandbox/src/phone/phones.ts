import { randomBytes } from 'node:crypto';
import type { proto } from 'baileys';
import { type Account, type Address, type Device, pnJid, withoutDevice } from '../accounts/account.ts';
import { memberJid } from '../groups/group.ts';
import { assertMayWrite } from '../groups/refusal.ts';
import { type BinaryNode, node } from '../wire/node.ts';
import type { Change } from './app-state/change.ts';
import { PersonalState } from './app-state/personal-state.ts';
import { CompanionCare } from './companion-care.ts';
import { Composer } from './composer.ts';
import { isResponse, type NewMessage } from './contents/new-message.ts';
import type { RawMessage } from './contents/raw.ts';
import { Deeds } from './deeds.ts';
import type { PhoneDeps } from './deps.ts';
import { IdleReading } from './idle-reading.ts';
import { Inbox } from './inbox.ts';
import { Marks } from './marks.ts';
import { PhoneReader } from './reader.ts';
import { Reuploads } from './reuploads.ts';
import { Screen, type ShownMessage } from './screen.ts';
import { PhoneSender, type Target } from './sender.ts';
import { PhoneSignal } from './signal.ts';
import { Viewer } from './viewer.ts';

/** The person's phone is switched off. */
export class PhoneOffline extends Error {}

const BATCH = 50;
const OPEN_SIGNALS_MAX = 200;

/** The emulated phones: device 0 of every account, with the person who holds it. They decrypt when somebody looks, or in idle time. */
export class Phones {
  readonly inbox: Inbox;
  readonly #screen: Screen;
  readonly #composer: Composer;
  readonly #deps: PhoneDeps;
  readonly #state: PersonalState;
  readonly #care: CompanionCare;
  readonly #sender: PhoneSender;
  readonly #reader: PhoneReader;
  readonly #viewer: Viewer;
  readonly #reuploads: Reuploads;
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #signals = new Map<string, PhoneSignal>();
  readonly #idle: IdleReading;
  #stopped = false;

  constructor(deps: PhoneDeps) {
    this.#deps = deps;
    this.inbox = new Inbox(deps.store);
    this.#state = new PersonalState(deps, this.inbox);
    this.#care = new CompanionCare(deps, this.#state);
    const marks = new Marks(deps.store);
    const deeds = new Deeds(deps.directory, deps.groups, this.inbox, marks);
    this.#screen = new Screen(deps.directory, this.inbox, marks);
    this.#composer = new Composer(deps, this.inbox, marks);
    this.#viewer = new Viewer(this.inbox, marks, deps.attachments);
    this.#sender = new PhoneSender(deps, this.inbox, deeds, this.#care.peers);
    this.#reader = new PhoneReader(deps, this.inbox, this.#sender, deeds, this.#care.watch);
    this.#reader.onRequest = (...asked) => this.#care.answer(...asked);
    this.#reuploads = new Reuploads(this.inbox, deps.attachments, deps.mailbox);
    deps.receipts.onMediaLost = (from, receipt) => this.#mediaLost(from, receipt);
    deps.mailbox.onPhoneMail = (account, seq, stanza) => this.#arrived(account, seq, stanza);
    deps.appState.onWritten = (account) => this.#readState(account);
    this.#idle = new IdleReading({
      ...{ mailbox: deps.mailbox, directory: deps.directory },
      read: (account, enough) =>
        this.#inBackground(account, (signal) => this.#readLetters(account, signal, enough)),
    });
    this.#idle.begin();
  }

  /** What the person sees, after the phone has read its mail. */
  async look(account: Account, chat?: string, after?: string, limit?: number): Promise<ShownMessage[]> {
    await this.#readMail(account);
    return this.#screen.list(account, chat, after, limit);
  }

  /** The person writes something and sends it; gives its id. Throws PhoneOffline, ContentRefused, GroupRefusal when it can't be. */
  async write(account: Account, to: Target, body: NewMessage): Promise<string> {
    if (!account.online) throw new PhoneOffline();
    await this.#readMail(account);
    // The app does not let people write where the network would refuse it.
    if (to.is === 'group') assertMayWrite(to.group, account, isResponse(body));
    const { reach, message, raw } = await this.#composer.compose(account, to, body);
    return this.send(account, reach, message, raw);
  }

  /** The person sends a message; gives its id. Throws PhoneOffline when the phone is off. */
  async send(account: Account, to: Target, message: proto.IMessage, raw?: RawMessage): Promise<string> {
    if (!account.online) throw new PhoneOffline();
    const id = raw?.id ?? `3A${randomBytes(9).toString('hex').toUpperCase()}`;
    await this.#alone(account, async (signal) => {
      // A phone that is on has read its mail: answering on a session that its friend has replaced would lose messages.
      await this.#readLetters(account, signal);
      await this.#sender.send(account, signal, to, id, message, raw?.bytes);
    });
    return id;
  }

  /** The person opens a chat: everything unread in it is read, and the senders hear so. Gives how many that were. */
  async openChat(account: Account, chat: string): Promise<number> {
    if (!account.online) throw new PhoneOffline();
    await this.#readMail(account);
    let count = 0;
    for (const { peer, sender, ids } of this.inbox.openChat(account.number, chat)) {
      const [id, ...others] = ids;
      const items = others.map((other) => node('item', { id: other }));
      const list = others.length > 0 ? [node('list', {}, items)] : undefined;
      const participant = this.#authorIn(peer, sender);
      this.#deps.receipts.route(
        { account, device: 0 },
        node('receipt', { id, to: peer, participant, type: 'read' }, list),
      );
      count += ids.length;
    }
    await this.#alone(account, () => this.#state.opened(account, chat));
    return count;
  }

  /** The file that came with a message, as the person sees it. Refuses as Viewer.file does. */
  async file(account: Account, id: string): ReturnType<Viewer['file']> {
    await this.#readMail(account);
    return this.#viewer.file(account, id);
  }

  /** The person plays a voice message or looks at a view-once file: its sender hears so. Throws PhoneOffline too. */
  async play(account: Account, id: string): Promise<void> {
    if (!account.online) throw new PhoneOffline();
    await this.#readMail(account);
    const message = this.#viewer.play(account, id);
    if (!message) return;
    const { peer: to, from } = message;
    const participant = this.#authorIn(to, from);
    this.#deps.receipts.route(
      { account, device: 0 },
      node('receipt', { id, to, participant, type: 'played' }),
    );
  }

  /** Everybody this person has a chat with. */
  acquaintances(account: Account): Account[] {
    return this.inbox.chats(account.number).flatMap(({ chat }) => this.#deps.directory.find(chat) ?? []);
  }

  /**
   * The person installs the phone anew: new keys, no sessions, no app state; messages only when they are kept, as from a
   * backup. Mail that has come so far is read first, with the old keys. Throws PhoneOffline when the phone is off.
   */
  async renew(account: Account, keepMessages: boolean): Promise<void> {
    if (!account.online) throw new PhoneOffline();
    await this.#alone(account, async (signal) => {
      await this.#readLetters(account, signal);
      await this.#state.read(account);
      signal.close();
      this.#signals.delete(account.number);
      this.#deps.store.run('DELETE FROM phone_keys WHERE number = ?', account.number);
      this.#state.forget(account);
      if (!keepMessages) this.inbox.clearAll(account.number);
      this.#deps.directory.renewKeys(account);
    });
  }

  /** The phone loses its Signal sessions: what comes next can't be read, and is asked for again. */
  forgetSessions(account: Account): Promise<void> {
    return this.#alone(account, async (signal) => signal.forgetSessions());
  }

  /** Switches a phone on or off. While it is off nothing reaches it; mail waits. */
  async setOnline(account: Account, online: boolean): Promise<void> {
    if (account.online === online) return;
    if (!online) await this.#readMail(account);
    account.online = online;
    this.#deps.directory.save(account);
    this.#deps.presence.changed(account);
    if (!online || this.#stopped) return;
    for (const { seq, stanza, told } of this.#deps.mailbox.pending(account.number, 0)) {
      if (!told) this.#arrived(account, seq, stanza);
    }
    for (const device of account.devices.keys()) this.companionActive({ account, device });
    this.#readState(account);
  }

  /** What the person has set for chats, contacts and itself, on any device. While the phone is off, as it stood before. */
  state(account: Account): ReturnType<PersonalState['read']> {
    return this.#alone(account, async (signal) => {
      if (account.online) await this.#readLetters(account, signal);
      return this.#state.read(account);
    });
  }

  /** The person changes a setting; the companions are told. Throws PhoneOffline when the phone is off. */
  async change(account: Account, change: Change): Promise<void> {
    if (!account.online) throw new PhoneOffline();
    await this.#alone(account, async (signal) => {
      await this.#readLetters(account, signal);
      await this.#state.write(account, change);
    });
  }

  /** The person takes another name; the companions are told when the phone is on. */
  async rename(account: Account, name: string): Promise<void> {
    await this.#alone(account, async () => {
      await this.#state.read(account);
      this.#deps.directory.rename(account, name);
      if (account.online) await this.#state.tellName(account);
    });
  }

  /** A companion takes stanzas live now: a new one is given app-state key and history. */
  companionActive({ account, device }: Address): void {
    const companion = account.devices.get(device);
    if (
      !companion ||
      companion.broughtUp ||
      !account.online ||
      !this.#deps.links.active(account.number, device)
    )
      return;
    void this.#inBackground(account, async (signal) => {
      await this.#readLetters(account, signal);
    }).then(() => this.#sync(account, companion));
  }

  /** Ends idle work; what waits keeps waiting. */
  stop(): void {
    this.#stopped = true;
    this.#idle.stop();
    for (const signal of this.#signals.values()) signal.close();
    this.#signals.clear();
  }

  #mediaLost(from: Address, receipt: BinaryNode): void {
    if (!from.account.online) {
      this.#reuploads.refuse(from, receipt);
      return;
    }
    void this.#inBackground(from.account, async (signal) => {
      await this.#readLetters(from.account, signal);
      this.#reuploads.answer(from, receipt);
    });
  }

  #arrived(account: Account, seq: number, stanza: BinaryNode): void {
    const { mailbox, receipts } = this.#deps;
    if (stanza.tag === 'notification') mailbox.discard(seq);
    if (stanza.tag === 'notification' || !account.online) return;
    if (stanza.tag === 'receipt' && stanza.attrs.type === 'retry') {
      void this.#inBackground(account, (signal) => this.#reader.read(account, signal, { seq, stanza }));
      return;
    }
    mailbox.noteDelivered(account.number, 0, stanza);
    mailbox.markTold(seq);
    this.#idle.noteMail();
    const { id, from, participant, category } = stanza.attrs;
    const sender = this.#deps.directory.resolve(participant ?? from);
    const isOwn = sender?.account === account;
    if (category === 'peer' || (isOwn && this.#care.watch.isWatched(sender))) {
      void this.#inBackground(account, (signal) => this.#readLetters(account, signal));
    }
    if (stanza.tag !== 'message' || isOwn || this.#companionOnline(account)) return;
    const receipt = node('receipt', { id, to: withoutDevice(from), participant });
    // Within this turn, but after the sender's own ack: "delivered" must not overtake "sent".
    queueMicrotask(() => {
      try {
        receipts.route({ account, device: 0 }, receipt);
      } catch (error) {
        this.#deps.log(`a receipt of ${account.number} failed`, error);
      }
    });
  }

  /** How a receipt names the author of a message in a chat of many; undefined in a chat of two. */
  #authorIn(peer: string, sender: string): string | undefined {
    const { chats, directory } = this.#deps;
    const [place, author] = [chats.resolve(peer), directory.find(sender)];
    if (!place || !author || place.is === 'person') return undefined;
    return place.is === 'group' ? memberJid(place.group, author) : pnJid(author);
  }

  async #sync(account: Account, companion: Device): Promise<void> {
    try {
      await this.#care.firstSync.run(account, companion, (phone, work) => this.#alone(phone, work));
    } catch (error) {
      if (!this.#stopped) this.#deps.log(`first sync of ${account.number}:${companion.device} failed`, error);
    }
  }

  #companionOnline(account: Account): boolean {
    return [...account.devices.keys()].some((device) => this.#deps.links.active(account.number, device));
  }

  /** A companion has changed app state, or may have while the phone was off. */
  #readState(account: Account): void {
    if (!account.online) return;
    void this.#inBackground(account, async (signal) => {
      await this.#readLetters(account, signal);
      await this.#state.tellName(account);
    });
  }

  async #readMail(account: Account): Promise<void> {
    if (account.online) await this.#alone(account, (signal) => this.#readLetters(account, signal));
  }

  async #readLetters(account: Account, signal: PhoneSignal, enough = (): boolean => false): Promise<void> {
    for (;;) {
      const letters = this.#deps.mailbox.pending(account.number, 0, BATCH);
      for (const letter of letters) {
        if (enough()) return;
        await this.#reader.read(account, signal, letter);
      }
      if (letters.length < BATCH) return;
    }
  }

  /** One thing at a time on each phone: a ratchet must never be turned twice at once. */
  #alone<T>(account: Account, work: (signal: PhoneSignal) => Promise<T>): Promise<T> {
    const { number } = account;
    const before = this.#queues.get(number) ?? Promise.resolve();
    const result = before.then(() => work(this.#signal(account)));
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (this.#queues.get(number) === settled) this.#queues.delete(number);
      });
    this.#queues.set(number, settled);
    return result;
  }

  /** Does something that nobody waits for; false when it failed. */
  async #inBackground(account: Account, work: (signal: PhoneSignal) => Promise<void>): Promise<boolean> {
    try {
      await this.#alone(account, work);
      return true;
    } catch (error) {
      if (!this.#stopped) this.#deps.log(`phone of ${account.number} failed`, error);
      return false;
    }
  }

  #signal(account: Account): PhoneSignal {
    const known = this.#signals.get(account.number);
    if (known) this.#signals.delete(account.number);
    const signal = known ?? new PhoneSignal(account, this.#deps.store);
    this.#signals.set(account.number, signal);
    if (this.#signals.size > OPEN_SIGNALS_MAX) this.#closeOldest();
    return signal;
  }

  #closeOldest(): void {
    for (const [number, signal] of this.#signals) {
      if (this.#queues.has(number)) continue;
      signal.close();
      this.#signals.delete(number);
      return;
    }
  }
}
