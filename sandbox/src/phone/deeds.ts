import { proto } from 'baileys';
import { type Account, namesOf } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { type Chat, STATUS_JID } from '../groups/chats.ts';
import { isAdmin, mayEdit } from '../groups/group.ts';
import type { Groups } from '../groups/groups.ts';
import { Part } from '../part.ts';
import { refuseDeep } from './contents/depth.ts';
import { describe } from './contents/describe.ts';
import { edited } from './contents/edit.ts';
import { type Deed, momentIn, type Reading, readingOf, type Sealed } from './contents/reading.ts';
import { type Purpose, unseal } from './contents/secrets.ts';
import { lastingFrom } from './contents/surround.ts';
import { unwrap } from './contents/unwrap.ts';
import type { Inbox, InboxStatus } from './inbox.ts';
import type { Marked, Marks } from './marks.ts';

/** A message that has come to a phone, or that it sends. `timestamp` is unix milliseconds. */
interface Arrival {
  readonly account: Account;
  readonly place: Chat;
  /** The name of the chat on this phone, and its JID as receipts are addressed. */
  readonly chat: string;
  readonly peer: string;
  readonly id: string;
  readonly from: Account;
  readonly status: InboxStatus;
  readonly timestamp: number;
  readonly message: proto.IMessage;
}

/** Messages pinned in one chat. */
const PINS_MAX = 3;

interface DeedsDeps {
  readonly directory: Directory;
  readonly groups: Groups;
  readonly inbox: Inbox;
  readonly marks: Marks;
}

/** Does to a phone's screen what messages say: a new one is shown, a deed changes an earlier one. */
export class Deeds extends Part<DeedsDeps> {
  /** Takes a message in, and tells what it was. */
  take(arrival: Arrival): Reading {
    const { account, chat, peer, id, from, status, timestamp, message } = arrival;
    const reading = readingOf(message);
    if (reading.is === 'hidden') return reading;
    if (reading.is === 'labelled') {
      this.#label(arrival, reading.label);
      return reading;
    }
    if (reading.is !== 'shown') {
      this.#do(arrival, reading);
      return reading;
    }
    const { type, text } = reading;
    const fromMe = from === account;
    const shown = { chat, id, from: from.number, fromMe, type, text, status, timestamp, peer };
    this.#begin(arrival);
    this.deps.inbox.add(account.number, { ...shown, content: message });
    const { reactionMessage, protocolMessage } = unwrap(message).message;
    if (reactionMessage) this.#react(arrival, reactionMessage);
    if (type === 'disappearing') this.#setLasting(arrival, protocolMessage?.ephemeralExpiration ?? 0);
    return reading;
  }

  #do(arrival: Arrival, deed: Deed): void {
    const { account, from, timestamp: at } = arrival;
    const marked = this.#marked(arrival, deed.key);
    const sender = from.number;
    switch (deed.is) {
      case 'revoked':
        this.#revoke(arrival, deed.key);
        return;
      case 'edited':
        this.#edit(arrival, marked, deed.message);
        return;
      case 'sealedEdit':
        this.#editSealed(arrival, marked, deed);
        return;
      case 'sealedReaction':
        this.#reactSealed(arrival, marked, deed);
        return;
      case 'voted':
        this.deps.marks.set(marked, { kind: 'vote', sender, value: sealedText(deed.sealed), at });
        return;
      case 'responded':
        this.deps.marks.set(marked, { kind: 'response', sender, value: sealedText(deed.sealed), at });
        return;
      case 'pinned':
        this.#pin(arrival, marked, deed.until);
        return;
      case 'kept':
        this.deps.marks.take(marked, 'kept');
        if (deed.keep) this.deps.marks.set(marked, { kind: 'kept', sender, value: account.number, at });
    }
  }

  /**
   * Every phone of a group reads what a member calls itself, some of them late. Of one second only the member's own phone
   * knows the order.
   */
  #label({ account, place, from, timestamp: at }: Arrival, text: string): void {
    const member = place.is === 'group' ? place.group.members.get(from.number) : undefined;
    if (place.is !== 'group' || !member) return;
    const isNews = at > member.label.at || (at === member.label.at && account === from);
    if (isNews) this.deps.groups.setLabel(place.group, member, { text, at });
  }

  /** Only the author may take a message back, and in a group its admins. */
  #revoke({ account, place, from }: Arrival, { id, participant }: proto.IMessageKey): void {
    const named = participant ? this.deps.directory.resolve(participant)?.account : undefined;
    const mayOthers = place.is === 'group' && isAdmin(place.group, from.number);
    const author = named && mayOthers ? named : from;
    this.deps.inbox.revoke(account.number, id ?? '', author.number);
  }

  #edit({ account, from, timestamp: at }: Arrival, marked: Marked, message: proto.IMessage): void {
    const before = this.deps.inbox.message(account.number, marked.id, marked.chat);
    if (!before || before.from !== from.number || before.type === 'revoked') return;
    const content = edited(before.content, message);
    this.deps.inbox.edit(account.number, before.seq, { ...describe(content), content });
    this.deps.marks.set(marked, { kind: 'edited', sender: from.number, value: '', at });
  }

  #editSealed(
    arrival: Arrival,
    marked: Marked,
    { purpose, sealed }: Extract<Deed, { is: 'sealedEdit' }>,
  ): void {
    const plain = this.#open(arrival, marked, purpose, sealed);
    const message = plain && decoded(plain, proto.Message.decode);
    if (message) this.#edit(arrival, marked, message.protocolMessage?.editedMessage ?? message);
  }

  #reactSealed(
    arrival: Arrival,
    marked: Marked,
    { key, sealed }: Extract<Deed, { is: 'sealedReaction' }>,
  ): void {
    const plain = this.#open(arrival, marked, 'Enc Reaction', sealed);
    const reaction = plain && decoded(plain, proto.Message.ReactionMessage.decode);
    if (reaction) this.#react(arrival, { ...reaction, key });
  }

  /** What was said under the secret of a message; undefined when this phone has no such message, or it was another secret. */
  #open(
    { from }: Arrival,
    { number, chat, id }: Marked,
    purpose: Purpose,
    sealed: Sealed,
  ): Buffer | undefined {
    const about = this.deps.inbox.message(number, id, chat);
    const author = about && this.deps.directory.find(about.from);
    const secret = about && unwrap(about.content).secret;
    if (!author || !secret) return undefined;
    return unseal(purpose, secret, id, namesOf(author), namesOf(from), sealed);
  }

  /** A chat has three pinned messages at most: of those that are still pinned, the one pinned first makes room. */
  #pin({ place, from, timestamp: at }: Arrival, marked: Marked, until: number | undefined): void {
    if (place.is === 'group' && !mayEdit(place.group, from.number)) return;
    const { number, chat } = marked;
    this.deps.marks.take(marked, 'pinned');
    if (until === undefined) return;
    this.deps.marks.set(marked, { kind: 'pinned', sender: from.number, value: String(until), at });
    const pinned = this.deps.marks
      .inChat(number, chat, 'pinned')
      .filter(({ value }) => Number(value) > Date.now());
    for (const { id } of pinned.slice(PINS_MAX)) this.deps.marks.take({ number, chat, id }, 'pinned');
  }

  #react(arrival: Arrival, { key, text, senderTimestampMs }: proto.Message.IReactionMessage): void {
    if (!key?.id) return;
    const marked = this.#marked(arrival, key);
    const sender = arrival.from.number;
    const at = momentIn(senderTimestampMs) ?? arrival.timestamp;
    if (text) this.deps.marks.set(marked, { kind: 'reaction', sender, value: text, at });
    else this.deps.marks.take(marked, 'reaction', sender);
  }

  /** How long messages of this chat last is kept as a mark on the chat itself. */
  #setLasting({ account, chat, timestamp: at }: Arrival, seconds: number): void {
    const mark = { kind: 'lasting', sender: '', value: String(seconds), at } as const;
    this.deps.marks.set({ number: account.number, chat, id: '' }, mark);
  }

  /** The first message of a chat may say how long all of them last: by the default of who wrote it. */
  #begin(arrival: Arrival): void {
    const { account, place, chat, message } = arrival;
    const seconds = place.is === 'person' ? lastingFrom(message) : undefined;
    if (seconds === undefined || this.deps.inbox.newest(account.number, chat) > 0) return;
    const isSet = this.deps.marks.on({ number: account.number, chat, id: '' }).length > 0;
    if (!isSet) this.#setLasting(arrival, seconds);
  }

  /** The message that a deed is about: in the same chat, or in the status. */
  #marked({ account, chat }: Arrival, { id, remoteJid }: proto.IMessageKey): Marked {
    return { number: account.number, chat: remoteJid === STATUS_JID ? STATUS_JID : chat, id: id ?? '' };
  }
}

/** Whoever knows a secret may encrypt nonsense with it, which does nothing. */
function decoded<T extends object>(plain: Buffer, decode: (plain: Buffer) => T): T | undefined {
  try {
    const message = decode(plain);
    refuseDeep(message);
    return message;
  } catch {
    return undefined;
  }
}

function sealedText({ payload, iv }: Sealed): string {
  return JSON.stringify([payload, iv].map((each) => Buffer.from(each).toString('base64')));
}

/** What `Deeds` kept of a vote or an answer. */
export function sealedFrom(text: string): Sealed {
  const [payload = '', iv = ''] = JSON.parse(text) as string[];
  return { payload: Buffer.from(payload, 'base64'), iv: Buffer.from(iv, 'base64') };
}
