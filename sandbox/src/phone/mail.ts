import type { Account, Address } from '../accounts/account.ts';
import { withoutDevice } from '../accounts/account.ts';
import { Part } from '../part.ts';
import { type BinaryNode, node } from '../wire/node.ts';
import type { PersonalState } from './app-state/personal-state.ts';
import type { CompanionCare } from './companion-care.ts';
import type { PhoneDeps } from './deps.ts';
import { IdleReading } from './idle-reading.ts';
import type { Inbox } from './inbox.ts';
import type { PhoneReader } from './reader.ts';
import { Reuploads } from './reuploads.ts';
import type { PhoneSignal } from './signal.ts';
import type { Turns } from './turns.ts';

const BATCH = 50;

interface PhoneMailDeps extends PhoneDeps {
  readonly inbox: Inbox;
  readonly turns: Turns;
  readonly state: PersonalState;
  readonly care: CompanionCare;
  readonly reader: PhoneReader;
}

/** What comes to phones: it is read when somebody looks, when it can't wait, or in idle time. */
export class PhoneMail extends Part<PhoneMailDeps> {
  readonly #reuploads = new Reuploads(this.deps);
  readonly #idle = new IdleReading({
    ...this.deps,
    read: (account, enough) =>
      this.deps.turns.inBackground(account, (signal) => this.read(account, signal, enough)),
  });

  /** Begins to read in idle time. */
  begin(): void {
    this.#idle.begin();
  }

  stop(): void {
    this.#idle.stop();
  }

  /** Reads all mail of a phone in a turn of it, unless it is enough before. */
  async read(account: Account, signal: PhoneSignal, enough = (): boolean => false): Promise<void> {
    for (;;) {
      const letters = this.deps.mailbox.pending(account.number, 0, BATCH);
      for (const letter of letters) {
        if (enough()) return;
        await this.deps.reader.read(account, signal, letter);
      }
      if (letters.length < BATCH) return;
    }
  }

  /** Something has come for a phone. */
  arrived(account: Account, seq: number, stanza: BinaryNode): void {
    const { mailbox, turns, directory, care } = this.deps;
    if (stanza.tag === 'notification') mailbox.discard(seq);
    if (stanza.tag === 'notification' || !account.online) return;
    if (stanza.tag === 'receipt' && stanza.attrs.type === 'retry') {
      void turns.inBackground(account, (signal) => this.deps.reader.read(account, signal, { seq, stanza }));
      return;
    }
    mailbox.noteDelivered(account.number, 0, stanza);
    mailbox.markTold(seq);
    this.#idle.noteMail();
    const { from, participant, category } = stanza.attrs;
    const sender = directory.resolve(participant ?? from);
    const isOwn = sender?.account === account;
    if (category === 'peer' || (isOwn && care.watch.isWatched(sender))) {
      void turns.inBackground(account, (signal) => this.read(account, signal));
    }
    if (stanza.tag === 'message' && !isOwn && !this.#companionOnline(account)) this.#confirm(account, stanza);
  }

  /** A companion can't download a file any more, and asks its phone for it. */
  mediaLost(from: Address, receipt: BinaryNode): void {
    if (!from.account.online) {
      this.#reuploads.refuse(from, receipt);
      return;
    }
    void this.deps.turns.inBackground(from.account, async (signal) => {
      await this.read(from.account, signal);
      this.#reuploads.answer(from, receipt);
    });
  }

  /** A companion has changed app state, or may have while the phone was off. */
  stateWritten(account: Account): void {
    if (!account.online) return;
    void this.deps.turns.inBackground(account, async (signal) => {
      await this.read(account, signal);
      await this.deps.state.tellName(account);
    });
  }

  #companionOnline(account: Account): boolean {
    return [...account.devices.keys()].some((device) => this.deps.links.active(account.number, device));
  }

  #confirm(account: Account, { attrs }: BinaryNode): void {
    const { id, from, participant } = attrs;
    const receipt = node('receipt', { id, to: withoutDevice(from), participant });
    // Within this turn, but after the sender's own ack: "delivered" must not overtake "sent".
    queueMicrotask(() => {
      try {
        this.deps.receipts.route({ account, device: 0 }, receipt);
      } catch (error) {
        this.deps.log(`a receipt of ${account.number} failed`, error);
      }
    });
  }
}
