import { Secret, TOTP } from 'otpauth';

/** 160 bits, as RFC 4226 recommends. */
const secretBytes = 20;
const issuer = 'MultiWA';
/** Clocks of phones differ: the code before and the code after are good too. */
const window = 1;

/** A new secret in base32, as authenticator apps take it. */
export function newSecret(): string {
  return new Secret({ size: secretBytes }).base32;
}

/** The URL that the QR code gives to an authenticator app. */
export function otpauthUrl(secret: string, email: string): string {
  return new TOTP({ issuer, label: email, secret: Secret.fromBase32(secret) }).toString();
}

/** The time step whose code this is, among the current one and its neighbours. */
export function stepOf(code: string, secret: string, now: Date): number | undefined {
  const timestamp = now.getTime();
  const delta = TOTP.validate({ token: code, secret: Secret.fromBase32(secret), timestamp, window });
  return delta === null ? undefined : TOTP.counter({ timestamp }) + delta;
}
