import { createCipheriv, createDecipheriv, hkdfSync, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Curve } from 'baileys';
import type { Account, Device } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { parseNumber } from '../accounts/number.ts';
import type { Findings } from '../findings/findings.ts';
import { Part } from '../part.ts';
import { stanzaId } from '../router/notifications.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, bytes, child, node, nowSeconds, SERVER } from '../wire/node.ts';
import { type Pairing, PairingRefused, refused } from './pairing.ts';

const ROUNDS = 131_072;
const FINISH_MS_MAX = 15_000;
const derive = promisify(pbkdf2);
const NOTHING = Buffer.alloc(0);

interface Request {
  readonly connection: Connection;
  readonly ref: Buffer;
  readonly wrapped: Buffer;
  /** True from the moment the person has typed a code until the client has shown what it makes of it. */
  isTried: boolean;
  /** What the client's answer is measured by, once it was asked. */
  trial: Trial | undefined;
}

interface Trial {
  readonly account: Account;
  readonly ephemeral: { private: Uint8Array; public: Uint8Array };
  readonly companionEphemeral: Buffer;
  readonly done: (outcome: Buffer | PairingRefused) => void;
}

const replaced = (): PairingRefused => refused('The client shows another code by now.');

/** The key that hides an ephemeral public key: PBKDF2 of the eight characters. */
const codeKey = (code: string, salt: Buffer): Promise<Buffer> => derive(code, salt, ROUNDS, 32, 'sha256');

function expand(input: Buffer, salt: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', input, salt, Buffer.from(info), 32));
}

/** Opens the companion's bundle; undefined when the code was another one, or the bundle is none. */
function opened(bundle: Buffer, { ephemeral, companionEphemeral }: Trial) {
  try {
    const shared = Buffer.from(Curve.sharedKey(ephemeral.private, companionEphemeral));
    const key = expand(shared, bundle.subarray(0, 32), 'link_code_pairing_key_bundle_encryption_key');
    const decipher = createDecipheriv('aes-256-gcm', key, bundle.subarray(32, 44));
    decipher.setAuthTag(bundle.subarray(-16));
    const plain = Buffer.concat([decipher.update(bundle.subarray(44, -16)), decipher.final()]);
    return {
      shared,
      companion: plain.subarray(0, 32),
      phone: plain.subarray(32, 64),
      random: plain.subarray(64),
    };
  } catch {
    return undefined;
  }
}

interface CodePairingDeps {
  readonly pairing: Pairing;
  readonly directory: Directory;
  readonly findings: Findings;
}

/** Pairing by an eight-character code that the client shows and the person types on the phone. */
export class CodePairing extends Part<CodePairingDeps> {
  readonly #byNumber = new Map<string, Request>();

  /** The client announces that it shows a code for a number; gives the content of the answer. */
  hello(connection: Connection, request: BinaryNode): BinaryNode[] | undefined {
    const number = parseNumber(request.attrs.jid ?? '');
    const wrapped = bytes(child(request, 'link_code_pairing_wrapped_companion_ephemeral_pub'));
    if (!number || wrapped?.length !== 80) return undefined;
    const noisePublic = bytes(child(request, 'companion_server_auth_key_pub'));
    if (!noisePublic?.equals(connection.noisePublic)) {
      this.#note(number, request, 'the code is shown by another Noise key than that of the connection');
      return undefined;
    }
    this.deps.directory.ensure(number);
    this.#byNumber.get(number)?.trial?.done(replaced());
    const ref = Buffer.from(`3@${randomBytes(24).toString('base64url')}`);
    this.#byNumber.set(number, { connection, ref, wrapped, isTried: false, trial: undefined });
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
    this.deps.pairing.refuseOverLimit(account);
    if (request.isTried) throw refused('A code is being tried for this number already.');
    request.isTried = true;
    const advSecret = await this.#exchange(
      request,
      account,
      code.replace(/[-\s]/g, '').toUpperCase(),
    ).finally(() => {
      request.isTried = false;
      request.trial = undefined;
    });
    if (advSecret instanceof PairingRefused) throw advSecret;
    if (this.#byNumber.get(account.number) === request) this.#byNumber.delete(account.number);
    return this.deps.pairing.offer(request.connection, account, advSecret);
  }

  /** The client's last word before pairing; true when its bundle opens with the code that was typed. */
  finish(connection: Connection, request: BinaryNode): boolean {
    const pending = [...this.#byNumber.values()].find((each) => each.connection === connection);
    const trial = pending?.trial;
    if (!pending || !trial) return false;
    pending.trial = undefined;
    const outcome = this.#secret(pending, trial, request);
    trial.done(outcome);
    return !(outcome instanceof PairingRefused);
  }

  forget(connection: Connection): void {
    for (const [number, request] of this.#byNumber) {
      if (request.connection !== connection) continue;
      request.trial?.done(refused('The client closed before it confirmed the code.'));
      this.#byNumber.delete(number);
    }
  }

  async #exchange(request: Request, account: Account, code: string): Promise<Buffer | PairingRefused> {
    const { wrapped, connection, ref } = request;
    const key = await codeKey(code, wrapped.subarray(0, 32));
    const decipher = createDecipheriv('aes-256-ctr', key, wrapped.subarray(32, 48));
    const companionEphemeral = decipher.update(wrapped.subarray(48));
    const ephemeral = Curve.generateKeyPair();
    const salt = randomBytes(32);
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-ctr', await codeKey(code, salt), iv);
    const hidden = Buffer.concat([salt, iv, cipher.update(ephemeral.public)]);
    if (!connection.isOpen) return refused('The client closed before it confirmed the code.');
    if (this.#byNumber.get(account.number) !== request) return replaced();
    return new Promise((done) => {
      const late = new PairingRefused('CODE_WRONG', 'The client did not accept the code in time.');
      const timer = setTimeout(() => done(late), FINISH_MS_MAX).unref();
      const answered = (outcome: Buffer | PairingRefused): void => {
        clearTimeout(timer);
        done(outcome);
      };
      request.trial = { account, ephemeral, companionEphemeral, done: answered };
      connection.send(primaryHello(hidden, account, ref));
    });
  }

  /** The ADV secret of this pairing, from the bundle of the client that it was agreed with. */
  #secret({ connection, ref }: Request, trial: Trial, request: BinaryNode): Buffer | PairingRefused {
    const { identity } = trial.account.keys;
    const registered = Buffer.from(connection.devicePairing?.eIdent ?? []);
    const bundle = bytes(child(request, 'link_code_pairing_wrapped_key_bundle'));
    const named = bytes(child(request, 'companion_identity_public'));
    const untrue = (problem: string): PairingRefused => {
      this.#note(trial.account.number, request, problem);
      return refused(`The client answered the code with what is not true: ${problem}.`);
    };
    if (bundle?.length !== 156) return untrue('the key bundle has another length than 156 bytes');
    if (!bytes(child(request, 'link_code_pairing_ref'))?.equals(ref)) return untrue('another reference');
    if (!named?.equals(registered)) return untrue('another identity than it registered with');
    const inside = opened(bundle, trial);
    if (!inside) return new PairingRefused('CODE_WRONG', 'The code is not the one the client shows.');
    if (!inside.companion.equals(registered)) return untrue('the bundle names another companion');
    if (!inside.phone.equals(identity.public)) return untrue('the bundle names another phone');
    const identityShared = Curve.sharedKey(identity.private, registered);
    const secrets = [inside.shared, identityShared, inside.random];
    return expand(Buffer.concat(secrets), NOTHING, 'adv_secret');
  }

  #note(number: string, request: BinaryNode, problem: string): void {
    this.deps.findings.note('pairing-untrue', { number, device: 0 }, request, problem);
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
