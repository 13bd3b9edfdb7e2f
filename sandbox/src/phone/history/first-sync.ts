import type { Account, Device } from '../../accounts/account.ts';
import { Part } from '../../part.ts';
import type { PersonalState } from '../app-state/personal-state.ts';
import type { PhoneDeps } from '../deps.ts';
import type { PeerMessages } from '../peer-messages.ts';
import type { PhoneSignal } from '../signal.ts';
import type { Telling } from './conversations.ts';
import { nextPiece } from './pieces.ts';
import { ProgressBook } from './progress.ts';
import type { HistoryRows } from './rows.ts';
import { recallReactions } from './web-message.ts';

/** A companion is given more only while it has this few stanzas unacknowledged. */
const PENDING_MAX = 8;
const CHATS_MAX = 1000;
const PACE_MS = 20;

type Told = Parameters<PeerMessages['seal']>[3][number];

/** What a phone calls to mind once for a whole sync. */
type Recalled = Pick<Telling, 'reactions' | 'chats'>;

/** Does something on a phone when nothing else is going on there. */
type Alone = (account: Account, work: (signal: PhoneSignal) => Promise<boolean>) => Promise<boolean>;

interface FirstSyncDeps extends PhoneDeps {
  readonly state: PersonalState;
  readonly peers: PeerMessages;
  readonly rows: HistoryRows;
}

/**
 * Gives new companions their keys and the past, piece by piece: each is bounded, waits for the companion to keep up, and
 * leaves room between pieces for whatever else the phone has to do.
 */
export class FirstSync extends Part<FirstSyncDeps> {
  readonly #book = new ProgressBook(this.deps);
  readonly #running = new Set<Device>();

  /** Tells a companion what it has not been told yet; ends early when it, or the phone, goes away. */
  async run(account: Account, companion: Device, alone: Alone): Promise<void> {
    if (this.#running.has(companion)) return;
    this.#running.add(companion);
    try {
      let recalled: Recalled | undefined;
      while (await this.#keepsUp(account, companion)) {
        const goesOn = await alone(account, async (signal) => {
          recalled ??= await this.#recall(account.number);
          return this.#step(account, companion, signal, recalled);
        });
        if (!goesOn) return;
      }
    } finally {
      this.#running.delete(companion);
    }
  }

  async #recall(number: string): Promise<Recalled> {
    const chats = this.deps.rows.chats(number, CHATS_MAX);
    const reactions = await recallReactions(this.deps.directory, this.deps.rows, number);
    return { reactions, chats: new Map(chats.map((each) => [each.chat, each])) };
  }

  /** Waits until the companion has taken in most of what it was given; false when there is nobody to tell any more. */
  async #keepsUp(account: Account, companion: Device): Promise<boolean> {
    const { links, mailbox } = this.deps;
    const { number, device } = companion;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const isThere = account.devices.get(device) === companion && links.active(number, device) !== undefined;
      if (!isThere || !account.online || companion.broughtUp) return false;
      if (mailbox.count(number, device) <= PENDING_MAX) return true;
      await new Promise((resolve) => setTimeout(resolve, PACE_MS).unref());
    }
  }

  /** Large pieces lie at the media host, and only where is told: as phones do it with all but the first. */
  async #placed(told: Told, number: string): Promise<Told> {
    const { initialHistBootstrapInlinePayload: payload, ...notice } = told.historySyncNotification ?? {};
    if (!payload || payload.length <= this.deps.historyInlineBytesMax) return told;
    const {
      url: _,
      mediaKeyTimestamp: __,
      ...file
    } = await this.deps.attachments.attach(...([payload, 'md-msg-hist', number] as const));
    return { ...told, historySyncNotification: { ...notice, ...file } };
  }

  async #step(
    account: Account,
    companion: Device,
    signal: PhoneSignal,
    recalled: Recalled,
  ): Promise<boolean> {
    const { directory, groups, recentMessagesMax } = this.deps;
    const progress = this.#book.read(companion);
    if (progress.phase === 'key') await this.deps.state.tellName(account);
    const { picture } = await this.deps.state.read(account);
    const telling = { account, directory, groups, rows: this.deps.rows, picture, ...recalled };
    const bounds = { recentMax: recentMessagesMax, full: this.#book.wantsAll(companion) };
    const { told, next } = await nextPiece(telling, progress, bounds);
    const placed = await Promise.all(told.map((each) => this.#placed(each, account.number)));
    const commit = await this.deps.peers.seal(account, signal, companion, placed);
    if (!commit()) return false;
    if (next) {
      this.#book.write(companion, next);
      return true;
    }
    this.#book.remove(companion);
    directory.markBroughtUp(companion);
    return false;
  }
}
