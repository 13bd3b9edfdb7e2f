import { createHash } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';

const algorithm = 'HS256';

/** What an access token says; role and organisation are read anew from the database and not believed. */
export interface AccessClaims {
  userId: string;
  sessionId: string;
  expiresAtMs: number;
}

export interface Tokens {
  /** Lifetime of the tokens it signs, in seconds. */
  readonly accessTokenSeconds: number;
  sign(claims: {
    userId: string;
    sessionId: string;
    email: string;
    organizationId: string;
    role: string;
    /** How long it is good, where that is less than usual. */
    secondsMax?: number | undefined;
  }): Promise<{ token: string; seconds: number }>;
  /** @throws Failure INVALID_TOKEN for anything that is not a live token of this installation. */
  verify(token: string): Promise<AccessClaims>;
}

/** Access tokens: JWTs that name a session, so that ending the session ends them. */
export function createTokens(given: {
  secret: Uint8Array;
  accessTokenSeconds: number;
  clock: Clock;
}): Tokens {
  const { secret, accessTokenSeconds, clock } = given;
  return {
    accessTokenSeconds,
    async sign({ userId, sessionId, secondsMax = accessTokenSeconds, ...claims }) {
      const seconds = Math.min(accessTokenSeconds, secondsMax);
      const issuedAt = Math.floor(clock.now().getTime() / 1000);
      const token = await new SignJWT({ ...claims, sid: sessionId })
        .setProtectedHeader({ alg: algorithm, typ: 'at+jwt' })
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + seconds)
        .sign(secret);
      return { token, seconds };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, secret, {
          algorithms: [algorithm],
          typ: 'at+jwt',
          currentDate: clock.now(),
          requiredClaims: ['sub', 'sid', 'exp'],
        });
        const { sub = '', sid, exp = 0 } = payload;
        if (typeof sid !== 'string' || !isUuid(sid) || !isUuid(sub)) throw new Failure('INVALID_TOKEN');
        return { userId: sub, sessionId: sid, expiresAtMs: exp * 1000 };
      } catch (error) {
        if (error instanceof errors.JOSEError) throw new Failure('INVALID_TOKEN', { cause: error });
        throw error;
      }
    },
  };
}

/** API keys and refresh tokens are random; a plain digest is enough to keep them. */
export function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
