import type { Account, Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Chat, Chats } from '../groups/chats.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Notifications } from '../router/notifications.ts';
import { type BinaryNode, bytes, child, children } from '../wire/node.ts';
import type { FindingName } from './catalogue.ts';
import type { Findings, Refusal } from './findings.ts';
import { IdentityCheck } from './identity-check.ts';
import { Pace } from './pace.ts';
import type { StrictnessSetting } from './strictness.ts';

/** A device that is newer may not have been heard of yet. */
const NEW_DEVICE_MS = 15_000;
const DEVICES_MAX = 5200;
const ENC_TYPES = new Set(['pkmsg', 'msg', 'skmsg']);

interface MessageCheckDeps {
  readonly directory: Directory;
  readonly chats: Chats;
  readonly mailbox: Mailbox;
  readonly notifications: Notifications;
  readonly findings: Findings;
  readonly strictness: StrictnessSetting;
}

/** Looks at a message stanza of a companion before it is routed. */
export class MessageCheck {
  readonly #deps: MessageCheckDeps;
  readonly #identities = new IdentityCheck();
  readonly #pace = new Pace();

  constructor(deps: MessageCheckDeps) {
    this.#deps = deps;
  }

  /** What the message is refused with; undefined when it may pass. Every deviation is noted. */
  refusal(from: Address, stanza: BinaryNode): Refusal | undefined {
    const found: (Refusal | undefined)[] = [];
    const note = (name: FindingName, detail?: string): void => {
      const by = { number: from.account.number, device: from.device };
      found.push(this.#deps.findings.note(name, by, stanza, detail));
    };
    if (!stanza.attrs.id) note('message-without-id');
    const chat = this.#deps.chats.resolve(stanza.attrs.recipient ?? stanza.attrs.to);
    const listed = children(child(stanza, 'participants'), 'to');
    const encs = [...children(stanza, 'enc'), ...listed.flatMap((to) => children(to, 'enc'))];
    this.#ciphertexts(from, chat, listed, encs, note);
    this.#identity(from, stanza, encs, note);
    if (chat?.is === 'person' && stanza.attrs.category !== 'peer') this.#person(from, chat, stanza, note);
    const { messagesPerMinute } = this.#deps.strictness.now;
    if (
      messagesPerMinute !== null &&
      !this.#pace.allows(from.account.number, stanza.attrs.id ?? '', messagesPerMinute)
    )
      note('rate-overlimit');
    return found.find((refusal) => refusal !== undefined);
  }

  #ciphertexts(
    from: Address,
    chat: Chat | undefined,
    listed: BinaryNode[],
    encs: BinaryNode[],
    note: Note,
  ): void {
    const isNoteToSelf = chat?.is === 'person' && chat.account === from.account;
    if (encs.length === 0 && !isNoteToSelf) note('message-without-ciphertext');
    const odd = encs.find(({ attrs }) => attrs.v !== '2' || !ENC_TYPES.has(attrs.type ?? ''));
    if (odd) note('ciphertext-unknown', `v=${odd.attrs.v ?? ''} type=${odd.attrs.type ?? ''}`);
    if (listed.length > DEVICES_MAX) {
      note('recipients-too-many', `${listed.length} devices`);
      return;
    }
    const seen = new Set<string>();
    const [unknown, twice]: [string[], string[]] = [[], []];
    for (const { attrs } of listed) {
      const to = this.#deps.directory.resolve(attrs.jid);
      const isThere = to && (to.device === 0 || to.account.devices.has(to.device));
      if (!isThere) unknown.push(attrs.jid ?? '');
      const key = to ? `${to.account.number}:${to.device}` : (attrs.jid ?? '');
      // A client's note to itself names its own devices twice: as the recipient's and as its own.
      if (seen.has(key) && !isNoteToSelf) twice.push(attrs.jid ?? '');
      seen.add(key);
    }
    if (unknown.length > 0) note('device-unknown', some(unknown));
    if (twice.length > 0) note('device-twice', some(twice));
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

  #person(from: Address, chat: Extract<Chat, { is: 'person' }>, stanza: BinaryNode, note: Note): void {
    const { requireLid } = this.#deps.strictness.now;
    if (requireLid && chat.mode === 'pn' && chat.account !== from.account)
      note('recipient-addressed-by-number');
    const participants = child(stanza, 'participants');
    if (!participants || children(stanza, 'enc').length > 0) return;
    const listed = new Set(
      children(participants, 'to').flatMap(({ attrs }) => {
        const to = this.#deps.directory.resolve(attrs.jid);
        return to ? [`${to.account.number}:${to.device}`] : [];
      }),
    );
    for (const account of new Set([chat.account, from.account])) {
      const missing = settledDevices(account).filter(
        (device) =>
          !listed.has(`${account.number}:${device}`) && !(account === from.account && device === from.device),
      );
      if (missing.length === 0 || this.#deps.mailbox.awaitsDevices(from.account.number, from.device))
        continue;
      note('device-list-stale', `without ${account.number}: ${missing.join(', ')}`);
      this.#deps.notifications.devicesUnknown(account, from);
    }
  }
}

/** The first few of a list that may be long. */
const some = (jids: string[]): string => jids.slice(0, 5).join(', ') + (jids.length > 5 ? ' …' : '');

type Note = (name: FindingName, detail?: string) => void;

/** Devices that everybody has had the time to hear of. */
function settledDevices(account: Account): number[] {
  const before = Date.now() - NEW_DEVICE_MS;
  return [
    0,
    ...[...account.devices.values()].filter((each) => each.pairedAt < before).map((each) => each.device),
  ];
}
