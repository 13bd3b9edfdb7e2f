import { createCipheriv, createDecipheriv, hkdfSync, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Curve } from 'baileys';
import type { Account, Device } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { parseNumber } from '../accounts/number.ts';
import { stanzaId } from '../router/notifications.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, bytes, child, node, nowSeconds, SERVER } from '../wire/node.ts';
import { type Pairing, PairingRefused } from './pairing.ts';

const ROUNDS = 131_072;
const FINISH_MS_MAX = 15_000;
const derive = promisify(pbkdf2);
const NOTHING = Buffer.alloc(0);

interface Request {
  readonly connection: Connection;
  readonly ref: Buffer;
  readonly wrapped: Buffer;
  /** Set while the person's code is being tried. */
  trial?: Trial;
}

interface Trial {
  readonly account: Account;
  readonly ephemeral: { private: Uint8Array; public: Uint8Array };
  readonly companionEphemeral: Buffer;
  readonly done: (outcome: Buffer | PairingRefused) => void;
}

/** The key that hides an ephemeral public key: PBKDF2 of the eight characters. */
const codeKey = (code: string, salt: Buffer): Promise<Buffer> => derive(code, salt, ROUNDS, 32, 'sha256');

function expand(input: Buffer, salt: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', input, salt, Buffer.from(info), 32));
}

/** Opens the companion's bundle and gives the ADV secret; throws when the code was another one. */
function advSecretFrom(bundle: Buffer, trial: Trial): Buffer {
  const shared = Curve.sharedKey(trial.ephemeral.private, trial.companionEphemeral);
  const key = expand(shared, bundle.subarray(0, 32), 'link_code_pairing_key_bundle_encryption_key');
  const decipher = createDecipheriv('aes-256-gcm', key, bundle.subarray(32, 44));
  decipher.setAuthTag(bundle.subarray(-16));
  const plain = Buffer.concat([decipher.update(bundle.subarray(44, -16)), decipher.final()]);
  const companion = plain.subarray(0, 32);
  const { identity } = trial.account.keys;
  if (!plain.subarray(32, 64).equals(identity.public)) throw new Error('bundle names another phone');
  const identityShared = Curve.sharedKey(identity.private, companion);
  return expand(Buffer.concat([shared, identityShared, plain.subarray(64, 96)]), NOTHING, 'adv_secret');
}

/** Pairing by an eight-character code that the client shows and the person types on the phone. */
export class CodePairing {
  readonly #pairing: Pairing;
  readonly #directory: Directory;
  readonly #byNumber = new Map<string, Request>();

  constructor(pairing: Pairing, directory: Directory) {
    this.#pairing = pairing;
    this.#directory = directory;
  }

  /** The client announces that it shows a code for a number; gives the content of the answer. */
  hello(connection: Connection, request: BinaryNode): BinaryNode[] | undefined {
    const number = parseNumber(request.attrs.jid ?? '');
    const wrapped = bytes(child(request, 'link_code_pairing_wrapped_companion_ephemeral_pub'));
    if (!number || wrapped?.length !== 80) return undefined;
    this.#directory.ensure(number);
    const ref = Buffer.from(`3@${randomBytes(24).toString('base64url')}`);
    this.#byNumber.set(number, { connection, ref, wrapped });
    return [
      node('link_code_companion_reg', { stage: 'companion_hello' }, [node('link_code_pairing_ref', {}, ref)]),
    ];
  }

  /** The person types the code; resolves with the new device. Throws PairingRefused when no client shows a code or it is another. */
  async enter(account: Account, code: string): Promise<Device> {
    if (!account.online) throw new PairingRefused('PHONE_OFFLINE', 'The phone is switched off.');
    const request = this.#byNumber.get(account.number);
    if (!request?.connection.isOpen) {
      throw new PairingRefused('CODE_UNKNOWN', 'No client asks to be linked to this number by code.');
    }
    this.#pairing.refuseOverLimit(account);
    const { connection } = request;
    const advSecret = await this.#exchange(request, account, code.replace(/[-\s]/g, '').toUpperCase());
    if (advSecret instanceof PairingRefused) throw advSecret;
    this.#byNumber.delete(account.number);
    return this.#pairing.offer(connection, account, advSecret);
  }

  /** The client's last word before pairing; true when its bundle opens with the code that was typed. */
  finish(connection: Connection, request: BinaryNode): boolean {
    const pending = [...this.#byNumber.values()].find((each) => each.connection === connection);
    const bundle = bytes(child(request, 'link_code_pairing_wrapped_key_bundle'));
    const trial = pending?.trial;
    if (!pending || !trial || bundle?.length !== 156) return false;
    delete pending.trial;
    try {
      trial.done(advSecretFrom(bundle, trial));
      return true;
    } catch {
      trial.done(new PairingRefused('CODE_WRONG', 'The code is not the one the client shows.'));
      return false;
    }
  }

  forget(connection: Connection): void {
    for (const [number, request] of this.#byNumber) {
      if (request.connection !== connection) continue;
      request.trial?.done(
        new PairingRefused('PAIRING_REFUSED', 'The client closed before it confirmed the code.'),
      );
      this.#byNumber.delete(number);
    }
  }

  async #exchange(request: Request, account: Account, code: string): Promise<Buffer | PairingRefused> {
    const { wrapped, connection, ref } = request;
    const opened = await codeKey(code, wrapped.subarray(0, 32));
    const decipher = createDecipheriv('aes-256-ctr', opened, wrapped.subarray(32, 48));
    const companionEphemeral = decipher.update(wrapped.subarray(48));
    const ephemeral = Curve.generateKeyPair();
    const salt = randomBytes(32);
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-ctr', await codeKey(code, salt), iv);
    const hidden = Buffer.concat([salt, iv, cipher.update(ephemeral.public)]);
    return new Promise((done) => {
      request.trial = { account, ephemeral, companionEphemeral, done };
      connection.send(primaryHello(hidden, account, ref));
      const late = new PairingRefused('CODE_WRONG', 'The client did not accept the code in time.');
      setTimeout(() => done(late), FINISH_MS_MAX).unref();
    });
  }
}

function primaryHello(hidden: Buffer, account: Account, ref: Buffer): BinaryNode {
  const attributes = { type: 'link_code_companion_reg', from: SERVER, id: stanzaId(), t: nowSeconds() };
  return node('notification', attributes, [
    node('link_code_companion_reg', { stage: 'primary_hello' }, [
      node('link_code_pairing_wrapped_primary_ephemeral_pub', {}, hidden),
      node('primary_identity_pub', {}, account.keys.identity.public),
      node('link_code_pairing_ref', {}, ref),
    ]),
  ]);
}
