import type { ProtocolAddress } from './address.ts';
import { rawPublicKey, typedPublicKey } from './curve/public-key.ts';
import { verify } from './curve/verify.ts';
import { SessionError, UntrustedIdentityKeyError } from './errors.ts';
import { openTowards } from './session/agreement.ts';
import { SessionRecord } from './session/record.ts';
import type { SignalStorage } from './storage.ts';
import { inTurn } from './turns.ts';

/** What a device publishes so that others can open sessions with it. */
export interface PreKeyBundle {
  readonly registrationId: number;
  readonly identityKey: Uint8Array;
  readonly signedPreKey: {
    readonly keyId: number;
    readonly publicKey: Uint8Array;
    readonly signature: Uint8Array;
  };
  readonly preKey?: { readonly keyId: number; readonly publicKey: Uint8Array } | undefined;
}

/** Opens sessions with one device. */
export class SessionBuilder {
  readonly #storage: SignalStorage;
  readonly #address: ProtocolAddress;

  constructor(storage: SignalStorage, address: ProtocolAddress) {
    this.#storage = storage;
    this.#address = address;
  }

  /**
   * Opens a session towards the device; one that was open before is still read with.
   * @throws UntrustedIdentityKeyError when the storage doesn't trust the identity
   * @throws SessionError when the identity didn't sign the signed prekey
   */
  async initOutgoing(bundle: PreKeyBundle): Promise<void> {
    const { id } = this.#address;
    const name = this.#address.toString();
    const identityKey = typed(bundle.identityKey);
    const publicKey = typed(bundle.signedPreKey.publicKey);
    await inTurn(this.#storage, name, async () => {
      if (!(await this.#storage.isTrustedIdentity(id, bundle.identityKey))) {
        throw new UntrustedIdentityKeyError(id, bundle.identityKey);
      }
      if (!verify(identityKey, publicKey, bundle.signedPreKey.signature)) {
        throw new SessionError('Invalid signature on device key');
      }
      const { preKey, signedPreKey, registrationId } = bundle;
      const session = openTowards(await this.#storage.getOurIdentity(), {
        registrationId,
        identityKey,
        signedPreKey: { keyId: signedPreKey.keyId, publicKey },
        preKey: preKey && { keyId: preKey.keyId, publicKey: typed(preKey.publicKey) },
      });
      const record = (await this.#storage.loadSession(name)) ?? new SessionRecord();
      await this.#storage.storeSession(name, record.with(session));
    });
  }
}

/** A key of its own, with its type byte. */
function typed(key: Uint8Array): Buffer {
  return typedPublicKey(rawPublicKey(key));
}
