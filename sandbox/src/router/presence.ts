import { type Account, type Address, deviceKey, jidIn } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { type AddressingMode, groupJid, memberJid, membersOf } from '../groups/group.ts';
import type { Groups } from '../groups/groups.ts';
import { Part } from '../part.ts';
import type { Blocklist } from '../people/blocklist.ts';
import type { Privacy } from '../people/privacy.ts';
import type { Settings } from '../people/settings.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, child, node, nowSeconds } from '../wire/node.ts';
import type { Links } from './links.ts';

interface PresenceDeps {
  readonly links: Links;
  readonly directory: Directory;
  readonly groups: Groups;
  readonly settings: Settings;
  readonly privacy: Privacy;
  readonly blocklist: Blocklist;
  /** So many people may a device watch; of more it forgets the oldest. */
  readonly watchedMax: number;
}

/** A device that watches somebody, and every way in which it has named them. */
type Watcher = Address & { readonly modes: Set<AddressingMode> };
type TypingState = 'composing' | 'recording' | 'paused';

/** Somebody typing, as a person sees it on the phone. */
interface Typing {
  /** Number of the chat, or JID of the group. */
  chat: string;
  from: string;
  media: 'text' | 'audio';
  /** Unix milliseconds. */
  at: number;
}

/** Whom typing in a chat is shown to, and the names it is shown under. */
interface Audience {
  readonly people: Account[];
  /** Name of the chat on the receivers' phones. */
  readonly chat: string;
  readonly attributes: Record<string, string>;
}

/** A phone stops showing "typing…" by itself. */
const TYPING_MS = 25_000;
const LAST_SEEN = 'last seen';

/** Who is online and who is typing, told to those who asked. Never queued, as on the real network. */
export class Presence extends Part<PresenceDeps> {
  /** Number watched to the devices that watch it. */
  readonly #subscribers = new Map<string, Map<string, Watcher>>();
  /** Device to the numbers it watches, oldest first. */
  readonly #subscriptions = new Map<string, Set<string>>();
  /** Phones whose person has WhatsApp open. */
  readonly #openPhones = new Set<string>();
  readonly #wasAvailable = new Set<string>();
  readonly #typing = new Map<string, Map<string, Typing>>();

  /** Takes a `presence` stanza: own state, or a wish to know somebody else's. */
  take(from: Address, stanza: BinaryNode): void {
    const { type, to } = stanza.attrs;
    if (type === 'subscribe' || type === 'unsubscribe') {
      const target = this.deps.directory.resolve(to);
      if (!target) return;
      if (type === 'subscribe') this.#subscribe(from, target.account, target.mode);
      else this.#unsubscribe(keyOf(from), target.account.number);
    } else if (type === 'available' || type === 'unavailable') {
      const connection = this.deps.links.get(from.account.number, from.device);
      if (connection) connection.available = type === 'available';
      this.changed(from.account);
    }
  }

  /** The person opens WhatsApp on the phone, or puts it away. */
  setPhone(account: Account, isOpen: boolean): void {
    if (isOpen) this.#openPhones.add(account.number);
    else this.#openPhones.delete(account.number);
    this.changed(account);
  }

  /** Whether any device of a person is in use. */
  isAvailable(account: Account): boolean {
    const { number, devices } = account;
    if (account.online && this.#openPhones.has(number)) return true;
    return [...devices.keys()].some((device) => this.deps.links.active(number, device)?.available);
  }

  /** Unix seconds of the last moment a person was online; undefined when that was never. */
  lastSeen(account: Account): number | undefined {
    const kept = this.deps.settings.get(account.number, LAST_SEEN);
    return kept === undefined ? undefined : Number(kept);
  }

  /** How a person looks to somebody; `last` is null when they were never online, undefined when it is hidden. */
  shownTo(viewer: Account, about: Account): { isAvailable: boolean; last: number | null | undefined } {
    const { privacy } = this.deps;
    const isAvailable = privacy.allowsMutually(about, viewer, 'online') && this.isAvailable(about);
    const mayKnow = privacy.allowsMutually(about, viewer, 'last');
    return { isAvailable, last: mayKnow ? (this.lastSeen(about) ?? null) : undefined };
  }

  /** Tells every subscriber how this person is now. */
  changed(account: Account): void {
    const { number } = account;
    if (!account.online) this.#openPhones.delete(number);
    const isAvailable = this.isAvailable(account);
    if (isAvailable || this.#wasAvailable.has(number))
      this.deps.settings.set(number, LAST_SEEN, String(nowSeconds()));
    if (isAvailable) this.#wasAvailable.add(number);
    else this.#wasAvailable.delete(number);
    for (const watcher of this.#subscribers.get(number)?.values() ?? [])
      for (const mode of watcher.modes) this.#send(watcher, account, mode);
  }

  /** A device is gone: it watches nobody any more, and may have been the last one in use. */
  left(account: Account, connection: Connection): void {
    const { links } = this.deps;
    if (!links.get(connection.number, connection.device)) {
      const key = keyOf(connection);
      for (const number of this.#subscriptions.get(key) ?? []) this.#unsubscribe(key, number);
    }
    if (connection.available) this.changed(account);
  }

  /** Carries `composing` and `paused` of a companion to the others in the chat. */
  typing(from: Address, stanza: BinaryNode): void {
    const state = child(stanza);
    if (!stanza.attrs.to || !state || (state.tag !== 'composing' && state.tag !== 'paused')) return;
    const media = state.attrs.media === 'audio' ? 'audio' : undefined;
    this.#spread(from.account, stanza.attrs.to, node(state.tag, { media }));
  }

  /** The person types or records on the phone, or stops. `to` is the JID of the chat. */
  typeOnPhone(account: Account, to: string, state: TypingState): void {
    const media = state === 'recording' ? 'audio' : undefined;
    this.#spread(account, to, node(state === 'paused' ? 'paused' : 'composing', { media }));
  }

  /** A message of somebody is there: they type no more. */
  wrote(from: Account, to: Account): void {
    this.#show(to, from.number, from, node('paused'));
  }

  /** Who is typing to this person now, as the phone shows it. */
  typingTo(account: Account): Typing[] {
    const seen = this.#typing.get(account.number);
    for (const [key, { at }] of seen ?? []) if (Date.now() - at > TYPING_MS) seen?.delete(key);
    return [...(seen?.values() ?? [])];
  }

  #spread(from: Account, to: string, state: BinaryNode): void {
    const audience = this.#audience(from, to);
    if (!audience) return;
    const stanza = node('chatstate', audience.attributes, [state]);
    for (const person of audience.people) {
      if (this.deps.blocklist.has(person, from)) continue;
      this.#show(person, audience.chat, from, state);
      for (const device of person.devices.keys()) this.deps.links.active(person.number, device)?.send(stanza);
    }
  }

  /** Everybody else in a chat. */
  #audience(from: Account, to: string): Audience | undefined {
    const group = to.endsWith('@g.us') ? this.deps.groups.find(to) : undefined;
    if (group) {
      if (!group.members.has(from.number)) return undefined;
      const people = membersOf(group).filter((member) => member !== from);
      const chat = groupJid(group);
      return { people, chat, attributes: { from: chat, participant: memberJid(group, from) } };
    }
    const other = this.deps.directory.resolve(to);
    if (!other || other.account === from) return undefined;
    return { people: [other.account], chat: from.number, attributes: { from: jidIn(other.mode, from) } };
  }

  #show(person: Account, chat: string, from: Account, state: BinaryNode): void {
    const seen = this.#typing.get(person.number) ?? new Map<string, Typing>();
    const key = `${chat} ${from.number}`;
    seen.delete(key);
    const media = state.attrs.media === 'audio' ? 'audio' : 'text';
    if (state.tag === 'composing' && person.online)
      seen.set(key, { chat, from: from.number, media, at: Date.now() });
    if (seen.size > 0) this.#typing.set(person.number, seen);
    else this.#typing.delete(person.number);
  }

  #subscribe(from: Address, target: Account, mode: AddressingMode): void {
    const key = keyOf(from);
    const watched = this.#subscriptions.get(key) ?? new Set<string>();
    watched.delete(target.number);
    watched.add(target.number);
    this.#subscriptions.set(key, watched);
    const [oldest] = watched;
    if (oldest !== undefined && watched.size > this.deps.watchedMax) this.#unsubscribe(key, oldest);
    const watchers = this.#subscribers.get(target.number) ?? new Map<string, Watcher>();
    // A client that asks by number and by LID looks under both names.
    const modes = watchers.get(key)?.modes ?? new Set();
    watchers.set(key, { ...from, modes: modes.add(mode) });
    this.#subscribers.set(target.number, watchers);
    this.#send(from, target, mode);
  }

  #unsubscribe(key: string, number: string): void {
    const watchers = this.#subscribers.get(number);
    watchers?.delete(key);
    if (watchers?.size === 0) this.#subscribers.delete(number);
    const watched = this.#subscriptions.get(key);
    watched?.delete(number);
    if (watched?.size === 0) this.#subscriptions.delete(key);
  }

  #send(watcher: Address, about: Account, mode: AddressingMode): void {
    const from = jidIn(mode, about);
    const { isAvailable, last = 'deny' } = this.shownTo(watcher.account, about);
    const attributes = isAvailable ? { from } : { from, type: 'unavailable', last: last ?? undefined };
    this.deps.links.active(watcher.account.number, watcher.device)?.send(node('presence', attributes));
  }
}

function keyOf(of: Address | Connection): string {
  return 'account' in of ? deviceKey(of) : `${of.number}:${of.device}`;
}
