/** Whatever this library refuses. Messages never hold keys or plaintext. */
export class SignalError extends Error {
  override name = 'SignalError';
}

/** There is no session to do this with, or none that fits. */
export class SessionError extends SignalError {
  override name = 'SessionError';
}

/** The key of this message was used already, or was never kept: most often the message has come twice. */
export class MessageCounterError extends SessionError {
  override name = 'MessageCounterError';
}

/** A first message names a prekey that is not there. */
export class PreKeyError extends SessionError {
  override name = 'PreKeyError';
}

/** The storage doesn't trust the identity that somebody shows. */
export class UntrustedIdentityKeyError extends SignalError {
  override name = 'UntrustedIdentityKeyError';
  readonly addr: string;
  readonly identityKey: Uint8Array;

  constructor(addr: string, identityKey: Uint8Array) {
    super(`untrusted identity key of ${addr}`);
    this.addr = addr;
    this.identityKey = identityKey;
  }
}

/** Bytes that are no message, no key or no record. */
export class MalformedError extends SignalError {
  override name = 'MalformedError';
}
