import type { Directory } from '../accounts/directory.ts';
import type { Companions } from '../login/companions.ts';
import { Part } from '../part.ts';
import type { Links } from '../router/links.ts';
import type { Connection } from '../wire/connection.ts';
import { node } from '../wire/node.ts';
import type { Fault, Faults } from './faults.ts';
import { kindOf } from './kinds.ts';

interface ActsDeps {
  readonly faults: Faults;
  readonly links: Links;
  readonly directory: Directory;
  readonly companions: Companions;
}

/** Faults of connections, most of which end them: on live ones at once, or when the stanza they wait for comes. */
export class Acts extends Part<ActsDeps> {
  /** Connections that a fault has made half-open. */
  readonly #held = new Map<Fault, Connection[]>();

  /**
   * Strikes every live connection the fault names, chance being drawn for each; one that names a stanza waits for it,
   * as one that finds nobody does.
   */
  begin(fault: Fault): void {
    const { stage } = kindOf(fault.name);
    if (stage !== 'act' && stage !== 'account') return;
    if (fault.stanza ?? fault.xmlns ?? fault.child) return;
    for (const connection of this.deps.links.all()) {
      if (fault.left <= 0 && fault.count !== undefined) return;
      const { number, device } = connection;
      if (this.deps.faults.strikeNow(fault, { number, device })) this.do(fault, connection);
    }
  }

  /** Lets everything pass again on connections that this fault has made half-open. */
  end(fault: Fault): void {
    for (const connection of this.#held.get(fault) ?? []) connection.release();
    this.#held.delete(fault);
  }

  /** Does to one connection what the fault says. */
  do(fault: Fault, connection: Connection): void {
    const { code = kindOf(fault.name).code } = fault;
    switch (fault.name) {
      case 'terminate':
        connection.terminate();
        return;
      case 'half-open':
        this.#hold(fault, connection);
        return;
      case 'device-removed': {
        const account = this.deps.directory.find(connection.number);
        if (account) this.deps.companions.unlink(account, connection.device, 'fault');
        return;
      }
      case 'replaced':
        connection.send(node('stream:error', {}, [node('conflict', { type: 'replaced' })]));
        break;
      case 'multi-device-mismatch':
        connection.send(node('ib', {}, [node('downgrade_webclient')]));
        break;
      case 'stream-end':
        connection.send(node('xmlstreamend'));
        break;
      case 'close':
        break;
      default:
        connection.send(node('stream:error', { code }));
    }
    connection.close();
  }

  #hold(fault: Fault, connection: Connection): void {
    this.#held.set(fault, [...(this.#held.get(fault) ?? []), connection]);
    connection.hold(fault.direction);
  }
}
