import type { proto } from 'baileys';
import type { Account, Device } from '../accounts/account.ts';
import { Part } from '../part.ts';
import type { BinaryNode } from '../wire/node.ts';
import type { PersonalState } from './app-state/personal-state.ts';
import { CompanionWatch } from './companion-watch.ts';
import type { PhoneDeps } from './deps.ts';
import { FirstSync } from './history/first-sync.ts';
import { PhoneRequests } from './history/requests.ts';
import { HistoryRows } from './history/rows.ts';
import { PeerMessages } from './peer-messages.ts';
import type { PhoneSignal } from './signal.ts';

interface CompanionCareDeps extends PhoneDeps {
  readonly state: PersonalState;
}

/** What a phone does for its own companions: keys and history for the new ones, answers for those that ask. */
export class CompanionCare extends Part<CompanionCareDeps> {
  readonly watch = new CompanionWatch();
  readonly peers = new PeerMessages({ ...this.deps, watch: this.watch });
  readonly #rows = new HistoryRows(this.deps.store);
  readonly firstSync = new FirstSync({ ...this.deps, peers: this.peers, rows: this.#rows });
  readonly #requests = new PhoneRequests({ ...this.deps, rows: this.#rows });

  /** Answers a message that a companion sent to its phone alone; one that asks for nothing is not answered. */
  async answer(
    account: Account,
    signal: PhoneSignal,
    { attrs }: BinaryNode,
    message: proto.IMessage,
  ): Promise<void> {
    const companion = this.#companion(account, attrs.from);
    if (!companion) return;
    // Clients wrap even this as a copy for their own devices.
    const request = message.deviceSentMessage?.message ?? message;
    const told = await this.#requests.answer(companion, account, attrs.id ?? '', request);
    const commit = await this.peers.seal(account, signal, companion, told);
    commit();
  }

  #companion(account: Account, jid: string | undefined): Device | undefined {
    const from = this.deps.directory.resolve(jid);
    return from?.account === account ? account.devices.get(from.device) : undefined;
  }
}
