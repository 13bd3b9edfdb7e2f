import type { Directory } from '../accounts/directory.ts';
import type { Companions } from '../login/companions.ts';
import type { Links } from '../router/links.ts';
import type { Connection } from '../wire/connection.ts';
import { node } from '../wire/node.ts';
import type { Fault, Faults } from './faults.ts';
import { type FaultName, kindOf } from './kinds.ts';

/** Faults that end a connection: on a live one at once, or when the stanza they wait for comes. */
export class Acts {
  readonly #faults: Faults;
  readonly #links: Links;
  readonly #directory: Directory;
  readonly #companions: Companions;

  constructor(faults: Faults, links: Links, directory: Directory, companions: Companions) {
    this.#faults = faults;
    this.#links = links;
    this.#directory = directory;
    this.#companions = companions;
  }

  /** Strikes every live connection the fault names; one that names a stanza waits for it, as one that finds nobody does. */
  strikeNow(fault: Fault): void {
    if (fault.stanza ?? fault.xmlns ?? fault.child) return;
    for (const connection of this.#links.all()) {
      if (fault.number !== undefined && connection.number !== fault.number) continue;
      if (fault.device !== undefined && connection.device !== fault.device) continue;
      if (fault.left <= 0 && fault.count !== undefined) return;
      this.#faults.count(fault, { number: connection.number, device: connection.device });
      this.do(fault, connection);
    }
  }

  /** Does to one connection what the fault says. */
  do(fault: Fault, connection: Connection): void {
    const { code = kindOf(fault.name).code } = fault;
    const name: FaultName = fault.name;
    if (name === 'terminate') {
      connection.terminate();
      return;
    }
    if (name === 'device-removed') {
      const account = this.#directory.find(connection.number);
      if (account) this.#companions.unlink(account, connection.device, 'fault');
      return;
    }
    if (name === 'stream-503' || name === 'restart') connection.send(node('stream:error', { code }));
    if (name === 'replaced')
      connection.send(node('stream:error', {}, [node('conflict', { type: 'replaced' })]));
    if (name === 'multi-device-mismatch') connection.send(node('ib', {}, [node('downgrade_webclient')]));
    if (name === 'stream-end') connection.send(node('xmlstreamend'));
    connection.close();
  }
}
