import { connect, type TokenSource } from './client.ts';
import { MultiWaError } from './errors.ts';
import { postAuthRefresh } from './generated/sdk.gen.ts';
import type { TokenResponse } from './generated/types.gen.ts';

/** What a sign-in answered; a page of the server has no refresh token, which stands in a cookie. */
export type SignedIn = Pick<TokenResponse, 'accessToken' | 'expiresIn'> & {
  refreshToken?: string | undefined;
};

export interface KeptTokens extends TokenSource {
  /** Takes the tokens of a sign-in. */
  set(tokens: SignedIn): void;
  forget(): void;
  renew(): Promise<string | undefined>;
}

/** Renewed so long before they end, so that no call finds an old one. */
const earlyMs = 30_000;

/**
 * Keeps the tokens of a person and renews them in time, one renewal at once. `cookie` is for pages of the server itself,
 * whose refresh token no script can read. `changed` hears of each renewal, so that a program can store it.
 */
export function keepTokens(options: {
  url: string;
  tokens?: SignedIn | undefined;
  cookie?: boolean | undefined;
  changed?: (tokens: SignedIn | undefined) => void;
  fetch?: typeof globalThis.fetch | undefined;
}): KeptTokens {
  const { url, cookie = false, changed = () => undefined } = options;
  const client = connect({ url, fetch: options.fetch });
  let kept: SignedIn | undefined;
  let endsAtMs = 0;
  let renewing: Promise<string | undefined> | undefined;
  const set = (tokens: SignedIn | undefined) => {
    kept = tokens;
    endsAtMs = Date.now() + (tokens?.expiresIn ?? 0) * 1000;
  };
  set(options.tokens);

  async function ask(): Promise<string | undefined> {
    const refreshToken = kept?.refreshToken;
    if (!cookie && refreshToken === undefined) return undefined;
    try {
      const answer = await postAuthRefresh({
        client,
        ...(cookie ? { headers: { 'x-session': 'cookie' } } : { body: { refreshToken } }),
      });
      set(answer);
      changed(answer);
      return answer.accessToken;
    } catch (error) {
      if (!(error instanceof MultiWaError) || error.status !== 401) throw error;
      set(undefined);
      changed(undefined);
      return undefined;
    }
  }

  const renew = () => {
    renewing ??= ask().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  return {
    set,
    forget: () => set(undefined),
    renew,
    token: () => (kept && Date.now() < endsAtMs - earlyMs ? kept.accessToken : renew()),
  };
}
