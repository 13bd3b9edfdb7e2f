import type { Account, Device } from '../accounts/account.ts';
import { Part } from '../part.ts';
import { stanzaId } from '../router/notifications.ts';
import type { Connection } from '../wire/connection.ts';
import { node, SERVER } from '../wire/node.ts';
import { type Pairing, PairingRefused, pairingRef } from './pairing.ts';

const REFS = 6;

interface QrPairingDeps {
  readonly pairing: Pairing;
}

/** Hands out QR references to unpaired clients and takes what a phone's camera reads. */
export class QrPairing extends Part<QrPairingDeps> {
  readonly #byRef = new Map<string, Connection>();

  /** Gives a client that wants to register its six references. */
  invite(connection: Connection): void {
    const refs = Array.from({ length: REFS }, pairingRef);
    for (const ref of refs) this.#byRef.set(ref, connection);
    const content = [
      node(
        'pair-device',
        {},
        refs.map((ref) => node('ref', {}, Buffer.from(ref))),
      ),
    ];
    connection.send(node('iq', { type: 'set', xmlns: 'md', id: stanzaId(), from: SERVER }, content));
  }

  /** The connection that shows this QR text. Throws PairingRefused when it is no QR of this network or has ended. */
  find(qr: string): { connection: Connection; advSecret: Buffer } {
    const parts = qr
      .trim()
      .slice(qr.trim().indexOf('#') + 1)
      .split(',');
    const [ref, noisePublic, identity, advSecret] = parts;
    if (!ref || !noisePublic || !identity || !advSecret) {
      throw new PairingRefused(
        'QR_INVALID',
        'The text is not a WhatsApp pairing QR: five parts separated by commas.',
      );
    }
    const connection = this.#byRef.get(ref);
    if (!connection?.isOpen) {
      throw new PairingRefused('QR_UNKNOWN', 'Nobody shows this QR any more; scan the newest one.');
    }
    const shownNoise = Buffer.from(noisePublic, 'base64');
    const shownIdentity = Buffer.from(identity, 'base64');
    const secret = Buffer.from(advSecret, 'base64');
    const registered = Buffer.from(connection.devicePairing?.eIdent ?? []);
    if (
      !shownNoise.equals(connection.noisePublic) ||
      !shownIdentity.equals(registered) ||
      secret.length !== 32
    ) {
      throw new PairingRefused(
        'QR_INVALID',
        'The keys in this QR are not those of the client that shows it.',
      );
    }
    return { connection, advSecret: secret };
  }

  /** The phone scans: resolves with the new device once pairing is committed. */
  async scan(account: Account, qr: string): Promise<Device> {
    if (!account.online) throw new PairingRefused('PHONE_OFFLINE', 'The phone is switched off.');
    const { connection, advSecret } = this.find(qr);
    this.deps.pairing.refuseOverLimit(account);
    this.forget(connection);
    return this.deps.pairing.offer(connection, account, advSecret);
  }

  forget(connection: Connection): void {
    for (const [ref, owner] of this.#byRef) if (owner === connection) this.#byRef.delete(ref);
  }
}
