import type { proto } from 'baileys';
import type { Account, Device } from '../accounts/account.ts';
import type { BinaryNode } from '../wire/node.ts';
import type { PersonalState } from './app-state/personal-state.ts';
import { CompanionWatch } from './companion-watch.ts';
import type { PhoneDeps } from './deps.ts';
import { FirstSync } from './history/first-sync.ts';
import { PhoneRequests } from './history/requests.ts';
import { HistoryRows } from './history/rows.ts';
import { PeerMessages } from './peer-messages.ts';
import type { PhoneSignal } from './signal.ts';

/** What a phone does for its own companions: keys and history for the new ones, answers for those that ask. */
export class CompanionCare {
  readonly watch = new CompanionWatch();
  readonly peers: PeerMessages;
  readonly firstSync: FirstSync;
  readonly #deps: PhoneDeps;
  readonly #requests: PhoneRequests;

  constructor(deps: PhoneDeps, state: PersonalState) {
    const rows = new HistoryRows(deps.store);
    this.#deps = deps;
    this.peers = new PeerMessages(deps, this.watch);
    this.firstSync = new FirstSync(deps, state, this.peers, rows);
    this.#requests = new PhoneRequests(deps, state, rows);
  }

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
    const from = this.#deps.directory.resolve(jid);
    return from?.account === account ? account.devices.get(from.device) : undefined;
  }
}
