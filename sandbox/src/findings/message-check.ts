import type { Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { type Chat, type Chats, isNotCarried } from '../groups/chats.ts';
import { Part } from '../part.ts';
import type { Accepted } from '../router/accepted.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Notifications } from '../router/notifications.ts';
import { type BinaryNode, bytes, child, children } from '../wire/node.ts';
import type { FindingName } from './catalogue.ts';
import { DeviceCheck, type Note } from './device-check.ts';
import type { Findings, Refusal } from './findings.ts';
import { IdentityCheck } from './identity-check.ts';
import { Pace } from './pace.ts';
import type { StrictnessSetting } from './strictness.ts';

const ENC_TYPES = new Set(['pkmsg', 'msg', 'skmsg']);

interface MessageCheckDeps {
  readonly directory: Directory;
  readonly chats: Chats;
  readonly accepted: Accepted;
  readonly mailbox: Mailbox;
  readonly notifications: Notifications;
  readonly findings: Findings;
  readonly strictness: StrictnessSetting;
}

/** Looks at a message stanza of a companion before it is routed. */
export class MessageCheck extends Part<MessageCheckDeps> {
  readonly #devices = new DeviceCheck(this.deps);
  readonly #identities = new IdentityCheck();
  readonly #pace = new Pace();

  /** What the message is refused with; undefined when it may pass. Every deviation is noted. */
  refusal(from: Address, stanza: BinaryNode): Refusal | undefined {
    const found: (Refusal | undefined)[] = [];
    const note: Note = (name: FindingName, detail) => {
      const by = { number: from.account.number, device: from.device };
      found.push(this.deps.findings.note(name, by, stanza, detail));
    };
    if (!stanza.attrs.id) note('message-without-id');
    const chat = this.deps.chats.resolve(stanza.attrs.recipient ?? stanza.attrs.to);
    // What is for a newsletter is no ciphertext at all, and not delivered either.
    if (!isNotCarried(stanza.attrs.to ?? '')) this.#content(from, chat, stanza, note);
    const { messagesPerMinute, requireLid } = this.deps.strictness.now;
    if (requireLid && chat?.is === 'person' && chat.mode === 'pn' && chat.account !== from.account)
      note('recipient-addressed-by-number');
    if (
      messagesPerMinute !== null &&
      !this.#pace.allows(from.account.number, stanza.attrs.id ?? '', messagesPerMinute)
    )
      note('rate-overlimit');
    return found.find((refusal) => refusal !== undefined);
  }

  #content(from: Address, chat: Chat | undefined, stanza: BinaryNode, note: Note): void {
    const listed = children(child(stanza, 'participants'), 'to');
    const encs = [...children(stanza, 'enc'), ...listed.flatMap((to) => children(to, 'enc'))];
    this.#ciphertexts(from, chat, encs, note);
    this.#direct(from, chat, stanza, note);
    this.#devices.look(from, chat, stanza, note);
    this.#identity(from, stanza, encs, note);
  }

  #ciphertexts(from: Address, chat: Chat | undefined, encs: BinaryNode[], note: Note): void {
    const isNoteToSelf = chat?.is === 'person' && chat.account === from.account;
    if (encs.length === 0 && !isNoteToSelf) note('message-without-ciphertext');
    const odd = encs.find(({ attrs }) => attrs.v !== '2' || !ENC_TYPES.has(attrs.type ?? ''));
    if (odd) note('ciphertext-unknown', `v=${odd.attrs.v ?? ''} type=${odd.attrs.type ?? ''}`);
  }

  /** A ciphertext that no device is named for: one for a whole group, for the own phone, or for a device that asked again. */
  #direct(from: Address, chat: Chat | undefined, stanza: BinaryNode, note: Note): void {
    const { id = '', category, participant } = stanza.attrs;
    const isOwn = chat?.is === 'person' && chat.account === from.account;
    if (category === 'peer') {
      if (!isOwn) note('peer-to-others');
      return;
    }
    const isForAll = chat?.is !== 'person' && participant === undefined;
    const lone = children(stanza, 'enc').filter(({ attrs }) => !isForAll || attrs.type !== 'skmsg');
    if (chat && lone.length > 0 && !this.deps.accepted.has(from, id)) note('ciphertext-unaddressed');
  }

  #identity(from: Address, stanza: BinaryNode, encs: BinaryNode[], note: Note): void {
    const sent = bytes(child(stanza, 'device-identity'));
    if (!sent) {
      if (encs.some((enc) => enc.attrs.type === 'pkmsg')) note('device-identity-missing');
      return;
    }
    const problem = this.#identities.problem(from, sent);
    if (problem) note('device-identity-untrue', problem);
  }
}
