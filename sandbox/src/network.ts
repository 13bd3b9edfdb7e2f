import type { proto } from 'baileys';
import type { WebSocket } from 'ws';
import type { Account, Address, Device } from './accounts/account.ts';
import { Directory } from './accounts/directory.ts';
import { PreKeys } from './accounts/prekeys.ts';
import { AppState } from './app-state/app-state.ts';
import { Acts } from './faults/acts.ts';
import { Faults } from './faults/faults.ts';
import { kindOf } from './faults/kinds.ts';
import { Losses } from './faults/losses.ts';
import { WayOut } from './faults/way-out.ts';
import { spoiledPki } from './faults/wrong-certificates.ts';
import { Checks } from './findings/checks.ts';
import { isOutdated } from './findings/version.ts';
import type { AddressingMode } from './groups/group.ts';
import { GroupLife } from './groups/group-life.ts';
import { type QueryDeps, queryTable } from './iq/table.ts';
import { Ledger } from './ledger/ledger.ts';
import { Companions } from './login/companions.ts';
import { admit } from './login/login.ts';
import { Pairing } from './login/pairing.ts';
import { CodePairing } from './login/pairing-code.ts';
import { QrPairing } from './login/pairing-qr.ts';
import { Attachments } from './media/attachments.ts';
import { MediaHost } from './media/host.ts';
import { MediaStore, type MediaStoreSettings } from './media/media-store.ts';
import { People } from './people/people.ts';
import { Phones } from './phone/phones.ts';
import { createPki, type Pki } from './pki.ts';
import { Links } from './router/links.ts';
import { Mailbox } from './router/mailbox.ts';
import { Messages } from './router/messages.ts';
import { Notifications } from './router/notifications.ts';
import { Receipts } from './router/receipts.ts';
import { Switchboard } from './router/switchboard.ts';
import { keepBounded } from './store/retention.ts';
import type { Store } from './store/sqlite.ts';
import { Connection, type ConnectionEvents, type ConnectionLimits } from './wire/connection.ts';
import type { BinaryNode } from './wire/node.ts';

interface NetworkSettings {
  /** New devices upload hundreds of one-time keys, as on the real network, instead of five. */
  readonly realisticPreKeys: boolean;
  /** How groups made by clients name their members. */
  readonly groupMode: AddressingMode;
  /** Subject of the group that accounts of test tooling belong to; empty for none. */
  readonly mockGroup: string;
  /** How many of its messages a phone gives a new companion as the recent past; the rest follows when the companion asked for all of it. */
  readonly recentMessagesMax: number;
  /** How many companions a phone may have at once. */
  readonly companionsMax: number;
  /** 32 bytes that every key of this network follows from. */
  readonly master: Buffer;
  readonly media: MediaStoreSettings;
  /** How long and how much clients may keep the network waiting. */
  readonly connections: ConnectionLimits;
  /** Host and port at which this network is found. */
  readonly address: () => string;
  /** Told of what cannot be understood and of what failed. */
  readonly log: (line: string, error?: unknown) => void;
}

/** The whole network: people, devices, connections, and what passes between them. */
export class Network {
  readonly store: Store;
  readonly directory: Directory;
  readonly ledger: Ledger;
  readonly faults = new Faults();
  readonly links = new Links();
  readonly mailbox: Mailbox;
  readonly people: People;
  readonly checks: Checks;
  readonly media: MediaHost;
  readonly attachments: Attachments;
  readonly phones: Phones;
  readonly groups: GroupLife;
  readonly companions: Companions;
  readonly preKeys: PreKeys;
  readonly pki: Pki;
  /** How groups made by clients name their members. */
  readonly groupMode: AddressingMode;
  /** Subject of the group that accounts of test tooling belong to; empty for none. */
  readonly mockGroup: string;
  readonly #wayOut: WayOut;
  readonly #notifications: Notifications;
  readonly #pairing: Pairing;
  readonly #qr: QrPairing;
  readonly #code: CodePairing;
  readonly #switchboard: Switchboard;
  readonly #settings: NetworkSettings;
  readonly #connections = new Set<Connection>();
  readonly #stopTrimming: () => void;

  constructor(store: Store, settings: NetworkSettings) {
    this.store = store;
    this.#settings = settings;
    this.groupMode = settings.groupMode;
    this.mockGroup = settings.mockGroup;
    const { master } = settings;
    this.pki = createPki(master);
    this.directory = new Directory(store, master);
    this.ledger = new Ledger(store);
    const onMailDropped = (number: string, device: number, letters: number): void =>
      this.ledger.note('mail-dropped', { number, device, text: `${letters} letters` });
    this.#stopTrimming = keepBounded(store, { onMailDropped });
    const { directory, ledger, links, faults } = this;
    const mailbox = new Mailbox(store, links, ledger);
    const notifications = new Notifications(store, mailbox, directory);
    const preKeys = new PreKeys(store);
    preKeys.onLow = (address, left) => notifications.preKeysLow(address, left);
    this.groups = new GroupLife(store, directory, mailbox, master);
    const { all: groups, chats } = this.groups;
    const messages = new Messages({ store, mailbox, directory, chats, ledger });
    const receipts = new Receipts({ store, mailbox, directory, chats, ledger });
    this.people = new People({
      store,
      directory,
      groups: this.groups,
      links,
      mailbox,
      notifications,
      messages,
      receipts,
      ledger,
    });
    const { presence } = this.people;
    this.checks = new Checks({ store, directory, chats, mailbox, notifications, ledger });
    const files = new MediaStore(store, master, settings.media);
    this.media = new MediaHost(files, directory, master, settings.address);
    this.attachments = new Attachments(this.media);
    const companions = new Companions(directory, links, notifications, ledger);
    const appState = new AppState(store);
    this.mailbox = mailbox;
    this.#notifications = notifications;
    this.preKeys = preKeys;
    this.companions = companions;
    const acts = new Acts(faults, links, directory, companions);
    this.#wayOut = new WayOut(faults, ledger);
    this.#pairing = new Pairing({
      ...{ store, directory, notifications, ledger, findings: this.checks.findings },
      companionsMax: settings.companionsMax,
    });
    this.#qr = new QrPairing(this.#pairing);
    this.#code = new CodePairing(this.#pairing, directory, this.checks.findings);
    this.phones = new Phones({
      store,
      directory,
      groups,
      chats,
      preKeys,
      mailbox,
      links,
      messages,
      receipts,
      presence,
      profiles: this.people.profiles,
      notifications,
      appState,
      attachments: this.attachments,
      ledger,
      recentMessagesMax: settings.recentMessagesMax,
      log: settings.log,
    });
    const { realisticPreKeys, groupMode } = settings;
    const { membership, joining, settings: groupSettings } = this.groups;
    const activate: QueryDeps['activate'] = ({ connection, caller }) => {
      const failed = (error: unknown): void =>
        settings.log(`queue of ${caller.account.number}:${caller.device} failed`, error);
      this.#activate(connection, caller).catch(failed);
    };
    const answer = queryTable({
      directory,
      preKeys,
      notifications,
      companions,
      people: this.people,
      appState,
      media: this.media,
      checks: this.checks,
      realisticPreKeys,
      activate,
      ...{ groups, membership, joining, settings: groupSettings, groupMode },
    });
    this.#switchboard = new Switchboard({
      directory,
      mailbox,
      messages,
      receipts,
      presence,
      calls: this.people.callIntake,
      checks: this.checks,
      acquaintances: this.people.acquaintances,
      faults,
      acts,
      answer,
    });
    faults.onStrike = (fault, moment) => {
      const { number = '', device = 0, stanza } = moment;
      ledger.note('fault', {
        number,
        device,
        type: fault.name,
        tag: stanza?.tag ?? '',
        messageId: stanza?.attrs.id ?? '',
      });
    };
    const losses = new Losses({ store, faults, directory, preKeys, phones: this.phones, log: settings.log });
    faults.onBegin = (fault) => {
      acts.begin(fault);
      losses.begin(fault);
    };
    faults.onCleared = (fault) => {
      this.#switchboard.release(fault);
      acts.end(fault);
      losses.end(fault);
    };
  }

  /** How many clients are connected, linked or not. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Takes a new client, who reached this network at `address` (host and port). */
  connect(socket: WebSocket, address: string): void {
    const connection = new Connection(socket, this.store, this.#events(), this.#settings.connections);
    connection.address = address;
    this.#connections.add(connection);
  }

  /** A phone scans a QR text; resolves with the device once pairing is committed. */
  scan(account: Account, qr: string): Promise<Device> {
    return this.#qr.scan(account, qr);
  }

  /** The name the client that shows this QR gave at registration; empty when it gave none. */
  pushNameBehind(qr: string): string {
    return this.#qr.find(qr).connection.pushName;
  }

  /** A person types a pairing code on the phone; resolves with the device once pairing is committed. */
  enterCode(account: Account, code: string): Promise<Device> {
    return this.#code.enter(account, code);
  }

  /** The person installs the phone anew: companions go, keys change, and everybody who knew the old ones is told. */
  async reinstall(account: Account, keepMessages: boolean): Promise<void> {
    await this.phones.renew(account, keepMessages);
    for (const device of [...account.devices.keys()]) this.companions.unlink(account, device, 'reinstall');
    this.#notifications.identityChanged(account);
    this.ledger.note('reinstalled', { number: account.number });
  }

  /** Ends every connection and stops the phones' idle work. */
  close(): void {
    this.phones.stop();
    this.faults.clearAll();
    this.#stopTrimming();
    this.people.calls.stop();
    this.media.files.close();
    for (const connection of this.#connections) connection.terminate();
  }

  #events(): ConnectionEvents {
    return {
      greeting: () => this.#greeting(),
      incomingBytesPerSecond: ({ number, device }) => this.#wayOut.bytesPerSecond({ number, device }, 'in'),
      established: (connection, payload) => this.#admit(connection, payload),
      stanza: (connection, stanza) => this.#take(connection, stanza),
      outgoing: (connection, stanza) => this.#wayOut.outgoing(connection, stanza),
      closed: (connection) => this.#forget(connection),
      unreadable: (connection, error) => {
        const detail = error instanceof Error ? error.message : String(error);
        this.checks.findings.note('stanza-unreadable', connection, undefined, detail);
        this.#failed(connection, error);
      },
      failed: (connection, error) => this.#failed(connection, error),
    };
  }

  #failed({ number }: Connection, error: unknown): void {
    this.#settings.log(`connection of ${number || 'a stranger'} failed`, error);
  }

  #greeting(): Pki | undefined {
    if (this.faults.strike(['no-server-hello'], {})) return undefined;
    const wrong = this.faults.strikeStage('hello', {});
    return wrong ? spoiledPki(wrong.name, this.pki) : this.pki;
  }

  #admit(connection: Connection, payload: proto.ClientPayload): void {
    const { directory, links, ledger } = this;
    const refusal = (number: string, device: number): number | undefined => {
      const moment = { number, device };
      const fault = this.faults.strikeStage('login', moment) ?? this.faults.strikeStage('account', moment);
      if (fault) return fault.code ?? kindOf(fault.name).code;
      const { minVersion } = this.checks.strictness.now;
      if (minVersion === null || !isOutdated(payload, minVersion)) return undefined;
      return this.checks.findings.note('login-outdated', moment, undefined)?.code;
    };
    const register = (each: Connection): void => this.#qr.invite(each);
    const { findings } = this.checks;
    admit({ directory, links, ledger, findings, refusal, register }, connection, payload);
  }

  #take(connection: Connection, stanza: BinaryNode): void {
    this.ledger.stanza('in', connection.number, connection.device, stanza);
    const account = this.directory.find(connection.number);
    const device = account?.devices.get(connection.device);
    if (account && device) this.#switchboard.take(connection, { account, device: connection.device }, stanza);
    else this.#switchboard.takeUnpaired(connection, stanza, this.#pairing, this.#code);
  }

  async #activate(connection: Connection, caller: Address): Promise<void> {
    const caughtUp = this.mailbox.flush(connection);
    // One that has said so before is available from now on.
    if (connection.available) this.people.presence.changed(caller.account);
    if (await caughtUp) this.phones.companionActive(caller);
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    this.links.remove(connection);
    this.#switchboard.forget(connection);
    this.#qr.forget(connection);
    this.#code.forget(connection);
    this.#pairing.forget(connection);
    if (!connection.number) return;
    this.ledger.note('logout', { number: connection.number, device: connection.device });
    const account = this.directory.find(connection.number);
    if (account) this.people.presence.left(account, connection);
  }
}
