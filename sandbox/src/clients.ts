import type { proto } from 'baileys';
import type { WebSocket } from 'ws';
import type { Address } from './accounts/account.ts';
import type { Directory } from './accounts/directory.ts';
import type { Faults } from './faults/faults.ts';
import { kindOf } from './faults/kinds.ts';
import type { WayOut } from './faults/way-out.ts';
import { spoiledPki } from './faults/wrong-certificates.ts';
import type { Checks } from './findings/checks.ts';
import { isOutdated } from './findings/version.ts';
import type { Ledger } from './ledger/ledger.ts';
import { admit } from './login/login.ts';
import type { Pairing } from './login/pairing.ts';
import type { CodePairing } from './login/pairing-code.ts';
import type { QrPairing } from './login/pairing-qr.ts';
import { Part } from './part.ts';
import type { Phones } from './phone/phones.ts';
import type { Pki } from './pki.ts';
import type { Links } from './router/links.ts';
import type { Mailbox } from './router/mailbox.ts';
import type { Presence } from './router/presence.ts';
import type { Switchboard } from './router/switchboard.ts';
import type { Store } from './store/sqlite.ts';
import { Connection, type ConnectionEvents, type ConnectionLimits } from './wire/connection.ts';
import type { BinaryNode } from './wire/node.ts';

interface ClientsDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly wayOut: WayOut;
  readonly links: Links;
  readonly mailbox: Mailbox;
  readonly presence: Presence;
  readonly phones: Phones;
  readonly checks: Checks;
  readonly switchboard: Switchboard;
  readonly pairing: Pairing;
  readonly qr: QrPairing;
  readonly code: CodePairing;
  readonly pki: Pki;
  readonly limits: ConnectionLimits;
  readonly log: (line: string, error?: unknown) => void;
}

/** The clients that are connected: from the first byte over login and stanzas to the end of each. */
export class Clients extends Part<ClientsDeps> {
  readonly #connections = new Set<Connection>();

  /** How many there are, linked or not. */
  get count(): number {
    return this.#connections.size;
  }

  /** Takes a new client, who reached this network at `address` (host and port). */
  connect(socket: WebSocket, address: string): void {
    const connection = new Connection(socket, this.deps.store, this.#events(), this.deps.limits);
    connection.address = address;
    this.#connections.add(connection);
  }

  /** A device takes stanzas live from here on. */
  activate(connection: Connection, caller: Address): void {
    this.#activate(connection, caller).catch((error) =>
      this.deps.log(`queue of ${caller.account.number}:${caller.device} failed`, error),
    );
  }

  /** Ends every connection. */
  end(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  #events(): ConnectionEvents {
    const { wayOut, checks } = this.deps;
    return {
      greeting: () => this.#greeting(),
      incomingBytesPerSecond: ({ number, device }) => wayOut.bytesPerSecond({ number, device }, 'in'),
      established: (connection, payload) => this.#admit(connection, payload),
      stanza: (connection, stanza) => this.#take(connection, stanza),
      outgoing: (connection, stanza) => wayOut.outgoing(connection, stanza),
      closed: (connection) => this.#forget(connection),
      unreadable: (connection, error) => {
        const detail = error instanceof Error ? error.message : String(error);
        checks.findings.note('stanza-unreadable', connection, undefined, detail);
        this.#failed(connection, error);
      },
      failed: (connection, error) => this.#failed(connection, error),
    };
  }

  #failed({ number }: Connection, error: unknown): void {
    this.deps.log(`connection of ${number || 'a stranger'} failed`, error);
  }

  #greeting(): Pki | undefined {
    const { faults, pki } = this.deps;
    if (faults.strike(['no-server-hello'], {})) return undefined;
    const wrong = faults.strikeStage('hello', {});
    return wrong ? spoiledPki(wrong.name, pki) : pki;
  }

  #admit(connection: Connection, payload: proto.ClientPayload): void {
    const { directory, links, ledger, faults, checks, qr } = this.deps;
    const { findings, strictness } = checks;
    const refusal = (number: string, device: number): number | undefined => {
      const moment = { number, device };
      const fault = faults.strikeStage('login', moment) ?? faults.strikeStage('account', moment);
      if (fault) return fault.code ?? kindOf(fault.name).code;
      const { minVersion } = strictness.now;
      if (minVersion === null || !isOutdated(payload, minVersion)) return undefined;
      return findings.note('login-outdated', moment, undefined)?.code;
    };
    const register = (each: Connection): void => qr.invite(each);
    admit({ directory, links, ledger, findings, refusal, register }, connection, payload);
  }

  #take(connection: Connection, stanza: BinaryNode): void {
    const { directory, ledger, switchboard, pairing, code } = this.deps;
    ledger.stanza('in', connection.number, connection.device, stanza);
    const account = directory.find(connection.number);
    const device = account?.devices.get(connection.device);
    if (account && device) switchboard.take(connection, { account, device: connection.device }, stanza);
    else switchboard.takeUnpaired(connection, stanza, pairing, code);
  }

  async #activate(connection: Connection, caller: Address): Promise<void> {
    const { mailbox, presence, phones } = this.deps;
    const caughtUp = mailbox.flush(connection);
    // One that has said so before is available from now on.
    if (connection.available) presence.changed(caller.account);
    if (await caughtUp) phones.companionActive(caller);
  }

  #forget(connection: Connection): void {
    const { links, switchboard, qr, code, pairing, ledger, directory, presence } = this.deps;
    this.#connections.delete(connection);
    links.remove(connection);
    for (const part of [switchboard, qr, code, pairing]) part.forget(connection);
    if (!connection.number) return;
    ledger.note('logout', { number: connection.number, device: connection.device });
    const account = directory.find(connection.number);
    if (account) presence.left(account, connection);
  }
}
