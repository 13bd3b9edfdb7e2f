import { createHmac, randomBytes } from 'node:crypto';
import { proto } from 'baileys';
import { type Account, type Device, lidJid, pnJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Culprit, Findings } from '../findings/findings.ts';
import { isSigned } from '../findings/prekey-check.ts';
import { verifySignature } from '../keys.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import type { Notifications } from '../router/notifications.ts';
import { stanzaId } from '../router/notifications.ts';
import type { Store } from '../store/sqlite.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, bytes, child, node, nowSeconds, SERVER } from '../wire/node.ts';
import { type Registration, registrationIn } from './registration.ts';

const ACCOUNT_SIGNATURE = Buffer.from([6, 0]);
const DEVICE_SIGNATURE = Buffer.from([6, 1]);
/** A device number that clients refuse: it means a device hosted by the network itself. */
const HOSTED_DEVICE = 99;
const CONFIRM_MS_MAX = 15_000;
const RESTART_REQUIRED = 515;

/** A scan or a code that came to nothing, in words for the person at the phone. */
export class PairingRefused extends Error {
  readonly code:
    | 'PAIRING_REFUSED'
    | 'QR_UNKNOWN'
    | 'QR_INVALID'
    | 'CODE_UNKNOWN'
    | 'CODE_WRONG'
    | 'DEVICE_LIMIT'
    | 'PHONE_OFFLINE';

  constructor(code: PairingRefused['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface PairingDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly notifications: Notifications;
  readonly ledger: Ledger;
  readonly findings: Findings;
  /** How many companions a phone may have at once. */
  readonly companionsMax: number;
}

interface Pending {
  readonly account: Account;
  readonly device: number;
  readonly details: Uint8Array;
  readonly stanzaId: string;
  readonly registration: Registration;
  readonly timer: NodeJS.Timeout;
  readonly done: (outcome: Device | PairingRefused) => void;
}

/** A pairing that the client has spoilt. */
export const refused = (message: string): PairingRefused => new PairingRefused('PAIRING_REFUSED', message);

/** Links a companion to a phone: identity signed by the phone, countersigned by the companion, then committed. */
export class Pairing extends Part<PairingDeps> {
  readonly #pending = new Map<Connection, Pending>();

  /** Throws PairingRefused when a phone has as many companions as it may, those counted that are being linked now. */
  refuseOverLimit(account: Account): void {
    const pending = [...this.#pending.values()].filter((each) => each.account === account).length;
    if (account.devices.size + pending < this.deps.companionsMax) return;
    const message = `This phone has ${this.deps.companionsMax} companions already; unlink one first.`;
    throw new PairingRefused('DEVICE_LIMIT', message);
  }

  /**
   * Offers the connection a place at this account; resolves with the device once the client's signature was verified
   * and everything is stored. `advSecret` is the 32-byte key shared by QR or code.
   */
  async offer(connection: Connection, account: Account, advSecret: Buffer): Promise<Device> {
    if (this.#pending.has(connection)) throw refused('This client is being paired already.');
    this.refuseOverLimit(account);
    const registration = this.#registration(connection, account);
    const companion = registration.identity;
    if (account.nextDevice === HOSTED_DEVICE) account.nextDevice += 1;
    const device = account.nextDevice;
    account.nextDevice += 1;
    this.deps.directory.save(account);
    this.#refuseUntrueKey(registration, { number: account.number, device });
    const { identity, rawId } = account.keys;
    const details = proto.ADVDeviceIdentity.encode({
      ...{ rawId, timestamp: nowSeconds(), keyIndex: device },
      ...{ accountType: proto.ADVEncryptionType.E2EE, deviceType: proto.ADVEncryptionType.E2EE },
    }).finish();
    const accountSignature = identity.sign(Buffer.concat([ACCOUNT_SIGNATURE, details, companion]));
    const signed = proto.ADVSignedDeviceIdentity.encode({
      ...{ details, accountSignatureKey: identity.public, accountSignature },
    }).finish();
    const hmac = createHmac('sha256', advSecret).update(signed).digest();
    const sealed = proto.ADVSignedDeviceIdentityHMAC.encode({ details: signed, hmac }).finish();
    const committed = await new Promise<Device | PairingRefused>((done) => {
      const id = stanzaId();
      const late = (): void =>
        this.#settle(connection, refused('The client did not confirm the pairing in time.'));
      const timer = setTimeout(late, CONFIRM_MS_MAX).unref();
      this.#pending.set(connection, { account, device, details, stanzaId: id, registration, timer, done });
      connection.send(pairSuccess(id, account, device, sealed));
    });
    if (committed instanceof PairingRefused) throw committed;
    await this.deps.store.settled();
    return committed;
  }

  /** What the client registered with; throws PairingRefused when that is malformed. */
  #registration(connection: Connection, { number }: Account): Registration {
    const registration = registrationIn(connection.devicePairing);
    if (registration) return registration;
    this.deps.findings.note('pairing-untrue', { number, device: 0 }, undefined, 'malformed keys');
    throw refused('The client registered with malformed keys.');
  }

  #refuseUntrueKey({ identity, signedPreKey }: Registration, by: Culprit): void {
    if (isSigned(identity, signedPreKey)) return;
    this.deps.findings.note('signed-prekey-untrue', by, undefined, 'at registration');
    throw refused('The client registered with a signed prekey that it did not sign.');
  }

  /** Takes the client's countersigned identity; false when this answer is to something else. */
  confirm(connection: Connection, iq: BinaryNode): boolean {
    const pending = this.#pending.get(connection);
    if (!pending || iq.attrs.id !== pending.stanzaId) return false;
    const problem = this.#problemOf(pending, iq);
    if (problem) {
      connection.send(node('stream:error', { code: 401 }));
      connection.close();
      this.#settle(connection, problem);
      return true;
    }
    const device = this.#commit(connection, pending);
    connection.send(node('stream:error', { code: RESTART_REQUIRED }));
    connection.close();
    this.#settle(connection, device);
    return true;
  }

  /** The connection is gone: whoever waits for its pairing hears so. */
  forget(connection: Connection): void {
    this.#settle(connection, refused('The client closed before it confirmed the pairing.'));
  }

  /** What is wrong with the client's answer to the offer; undefined when it is countersigned. */
  #problemOf(
    { account, device, details, registration }: Pending,
    iq: BinaryNode,
  ): PairingRefused | undefined {
    if (iq.attrs.type === 'error') {
      const { code, text } = child(iq, 'error')?.attrs ?? {};
      return refused(`The client refused the pairing${code || text ? `: ${code ?? ''} ${text ?? ''}` : ''}.`);
    }
    const { identity } = registration;
    const signature = deviceSignature(bytes(child(child(iq, 'pair-device-sign'), 'device-identity')));
    const message = Buffer.concat([DEVICE_SIGNATURE, details, identity, account.keys.identity.public]);
    if (signature && verifySignature(identity, message, signature)) return undefined;
    const problem = signature ? 'signed the pairing with another key' : 'answered with what is no identity';
    this.deps.findings.note('pairing-untrue', { number: account.number, device }, iq, problem);
    return refused(`The client ${problem}.`);
  }

  #settle(connection: Connection, outcome: Device | PairingRefused): void {
    const pending = this.#pending.get(connection);
    this.#pending.delete(connection);
    clearTimeout(pending?.timer);
    pending?.done(outcome);
  }

  #commit(connection: Connection, { account, device: number, registration }: Pending): Device {
    const device: Device = {
      number: account.number,
      device: number,
      noisePublic: connection.noisePublic,
      ...registration,
      keyIndex: number,
      broughtUp: false,
      pairedAt: Date.now(),
    };
    this.deps.directory.addDevice(account, device, connection.devicePairing?.deviceProps ?? undefined);
    this.deps.notifications.devicesChanged(account, 'add', number, device.keyIndex);
    this.deps.ledger.note('paired', { number: account.number, device: number, text: device.platform });
    return device;
  }
}

/** The companion's signature in its answer; undefined when there is none. */
function deviceSignature(answer: Buffer | undefined): Uint8Array | undefined {
  try {
    return (answer && proto.ADVSignedDeviceIdentity.decode(answer).deviceSignature) ?? undefined;
  } catch {
    return undefined;
  }
}

function pairSuccess(id: string, account: Account, device: number, sealed: Uint8Array): BinaryNode {
  return node('iq', { type: 'set', id, from: SERVER, t: nowSeconds() }, [
    node('pair-success', {}, [
      node('device-identity', {}, sealed),
      node('biz', { name: account.name }),
      node('device', { jid: pnJid(account, device), lid: lidJid(account, device) }),
      node('platform', { name: 'android' }),
    ]),
  ]);
}

/** An unguessable pairing reference without a comma. */
export const pairingRef = (): string => `2@${randomBytes(48).toString('base64')}`;
