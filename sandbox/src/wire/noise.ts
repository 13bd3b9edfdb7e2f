import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { Curve, proto } from 'baileys';
import type { Pki } from '../pki.ts';

const PROTOCOL = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0');
const TAG_BYTES = 16;
const NOTHING = Buffer.alloc(0);

function nonce(counter: number): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(counter, 8);
  return iv;
}

function seal(key: Buffer, counter: number, plain: Uint8Array, additional: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(counter));
  cipher.setAAD(additional);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unseal(key: Buffer, counter: number, sealed: Uint8Array, additional: Buffer): Buffer {
  if (sealed.length < TAG_BYTES) throw new Error('ciphertext without its tag');
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(counter), { authTagLength: TAG_BYTES });
  decipher.setAAD(additional);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]);
}

/** The two one-way ciphers after the handshake; each call moves its counter, so order matters. */
export interface Transport {
  encrypt(plain: Uint8Array): Buffer;
  decrypt(sealed: Uint8Array): Buffer;
}

/** Server side of Noise XX as WhatsApp speaks it: `hello`, then `finish`, then the transport. Throws on bad bytes. */
export class NoiseResponder {
  #hash: Buffer = PROTOCOL;
  #chain: Buffer = PROTOCOL;
  #key: Buffer = PROTOCOL;
  #counter = 0;
  readonly #ephemeral = Curve.generateKeyPair();
  readonly #pki: Pki;

  /** `header` is the client's 4-byte intro; a routing prefix before it is never hashed. */
  constructor(pki: Pki, header: Uint8Array) {
    this.#pki = pki;
    this.#absorb(header);
  }

  /** Takes the client's first frame, gives the server's. */
  hello(frame: Uint8Array): Uint8Array {
    const ephemeral = proto.HandshakeMessage.decode(frame).clientHello?.ephemeral;
    if (ephemeral?.length !== 32) throw new Error('client hello without an ephemeral key');
    this.#absorb(ephemeral);
    this.#absorb(this.#ephemeral.public);
    this.#mix(Curve.sharedKey(this.#ephemeral.private, ephemeral));
    const sealedStatic = this.#encrypt(this.#pki.staticKey.public);
    this.#mix(Curve.sharedKey(this.#pki.staticKey.private, ephemeral));
    const payload = this.#encrypt(this.#pki.chain);
    const serverHello = { ephemeral: this.#ephemeral.public, static: sealedStatic, payload };
    return proto.HandshakeMessage.encode({ serverHello }).finish();
  }

  /** Takes the client's second frame, gives its Noise public key (its credential) and its login or pairing payload. */
  finish(frame: Uint8Array): { noisePublic: Buffer; payload: proto.ClientPayload; transport: Transport } {
    const finish = proto.HandshakeMessage.decode(frame).clientFinish;
    if (!finish?.static || !finish.payload) throw new Error('client finish is incomplete');
    const noisePublic = this.#decrypt(finish.static);
    this.#mix(Curve.sharedKey(this.#ephemeral.private, noisePublic));
    const payload = proto.ClientPayload.decode(this.#decrypt(finish.payload));
    return { noisePublic, payload, transport: this.#split() };
  }

  #split(): Transport {
    const [incoming, outgoing] = this.#expand(NOTHING);
    let received = 0;
    let sent = 0;
    return {
      encrypt: (plain) => seal(outgoing, sent++, plain, NOTHING),
      decrypt: (sealed) => unseal(incoming, received++, sealed, NOTHING),
    };
  }

  #absorb(data: Uint8Array): void {
    this.#hash = createHash('sha256').update(this.#hash).update(data).digest();
  }

  #expand(input: Uint8Array): [Buffer, Buffer] {
    const output = Buffer.from(hkdfSync('sha256', input, this.#chain, NOTHING, 64));
    return [output.subarray(0, 32), output.subarray(32)];
  }

  #mix(input: Uint8Array): void {
    [this.#chain, this.#key] = this.#expand(input);
    this.#counter = 0;
  }

  #encrypt(plain: Uint8Array): Buffer {
    const sealed = seal(this.#key, this.#counter++, plain, this.#hash);
    this.#absorb(sealed);
    return sealed;
  }

  #decrypt(sealed: Uint8Array): Buffer {
    const plain = unseal(this.#key, this.#counter++, sealed, this.#hash);
    this.#absorb(sealed);
    return plain;
  }
}
