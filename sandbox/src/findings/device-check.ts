import { type Account, type Address, deviceKey } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Chat } from '../groups/chats.ts';
import { Part } from '../part.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Notifications } from '../router/notifications.ts';
import { type BinaryNode, child, children } from '../wire/node.ts';
import type { FindingName } from './catalogue.ts';
import type { StrictnessSetting } from './strictness.ts';

const DEVICES_MAX = 5200;

interface DeviceCheckDeps {
  readonly directory: Directory;
  readonly mailbox: Mailbox;
  readonly notifications: Notifications;
  readonly strictness: StrictnessSetting;
}

/** A device as a message lists it, and whose it is when somebody has that name. */
interface Listed {
  readonly jid: string;
  readonly to: Address | undefined;
}

export type Note = (name: FindingName, detail?: string) => void;

/** Whether the devices that a message is encrypted for are those that the people of its chat have. */
export class DeviceCheck extends Part<DeviceCheckDeps> {
  /** Notes every device too many, unknown or missing, and has the client ask anew for lists that are wrong. */
  look(from: Address, chat: Chat | undefined, stanza: BinaryNode, note: Note): void {
    const names = children(child(stanza, 'participants'), 'to').map(({ attrs }) => attrs.jid ?? '');
    if (names.length > DEVICES_MAX) {
      note('recipients-too-many', `${names.length} devices`);
      return;
    }
    const listed = names.map((jid): Listed => ({ jid, to: this.deps.directory.resolve(jid) }));
    const awaitsNews = this.#awaitsNews(from);
    const outdated = new Set(this.#unknown(listed, awaitsNews, note));
    this.#twice(from, listed, note);
    if (chat?.is === 'person') {
      this.#ofOthers(from, chat.account, stanza, listed, note);
      const isWhole = child(stanza, 'participants') && children(stanza, 'enc').length === 0;
      for (const account of isWhole ? this.#leftOut(from, chat.account, listed, awaitsNews, note) : [])
        outdated.add(account);
    }
    for (const account of outdated) this.deps.notifications.devicesUnknown(account, from);
  }

  /** Notes devices that are not there; gives the people whose they would be. */
  #unknown(listed: Listed[], awaitsNews: () => boolean, note: Note): Account[] {
    const unknown = listed.filter(({ to }) => !to || !(isThere(to) || this.#wasThere(to, awaitsNews)));
    if (unknown.length > 0) note('device-unknown', some(unknown));
    return unknown.flatMap(({ to }) => to?.account ?? []);
  }

  #twice(from: Address, listed: Listed[], note: Note): void {
    // A client's note to itself names its own devices twice: as the recipient's and as its own. Clients keep the list
    // as they made it then, and name them twice to everybody else.
    const ofOthers = listed.filter(({ to }) => to?.account !== from.account);
    const seen = new Set<string>();
    const twice = ofOthers.filter((each) => {
      const key = keyOf(each);
      const isKnown = seen.has(key);
      seen.add(key);
      return isKnown;
    });
    if (twice.length > 0) note('device-twice', some(twice));
  }

  #ofOthers(from: Address, to: Account, { attrs }: BinaryNode, listed: Listed[], note: Note): void {
    const envelope = { jid: attrs.to ?? '', to: this.deps.directory.resolve(attrs.to) };
    const others = [envelope, ...listed].filter(
      (each) => each.to && each.to.account !== to && each.to.account !== from.account,
    );
    if (others.length > 0) note('device-of-others', some(others));
  }

  /** Notes settled devices of both people that are not listed; gives the people whose they are. */
  #leftOut(from: Address, to: Account, listed: Listed[], awaitsNews: () => boolean, note: Note): Account[] {
    const named = new Set(listed.map(keyOf));
    return [...new Set([to, from.account])].filter((account) => {
      const missing = this.#settledDevices(account).filter(
        (device) =>
          !named.has(deviceKey({ account, device })) && !(account === from.account && device === from.device),
      );
      if (missing.length === 0 || awaitsNews()) return false;
      note('device-list-stale', `without ${account.number}: ${missing.join(', ')}`);
      return true;
    });
  }

  /** Devices that everybody has had the time to hear of. */
  #settledDevices({ devices }: Account): number[] {
    const settled = [...devices.values()].filter((each) => each.pairedAt < this.#longAgo());
    return [0, ...settled.map((each) => each.device)];
  }

  /** Whether a device is gone, and not everybody has had the time to hear so. */
  #wasThere({ account, device }: Address, awaitsNews: () => boolean): boolean {
    if (device >= account.nextDevice) return false;
    return account.devicesChangedAt >= this.#longAgo() || awaitsNews();
  }

  /** Whether a device has still to hear of changed devices; looked up once, and only if somebody asks. */
  #awaitsNews({ account, device }: Address): () => boolean {
    let known: boolean | undefined;
    return () => {
      known ??= this.deps.mailbox.awaitsDevices(account.number, device);
      return known;
    };
  }

  #longAgo(): number {
    return Date.now() - this.deps.strictness.now.deviceGraceSeconds * 1000;
  }
}

const isThere = ({ account, device }: Address): boolean => device === 0 || account.devices.has(device);

const keyOf = ({ jid, to }: Listed): string => (to ? deviceKey(to) : jid);

/** The first few of a list that may be long. */
const some = (listed: Listed[]): string =>
  listed
    .slice(0, 5)
    .map(({ jid }) => jid)
    .join(', ') + (listed.length > 5 ? ' …' : '');
