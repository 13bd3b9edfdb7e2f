import { connect, MultiWaError, postAuthRefresh, type TokenResponse, type TokenSource } from '@multiwa/sdk';

/** Renewed so long before it ends, so that no call finds an old one. */
const earlyMs = 30_000;

interface Kept {
  accessToken: string;
  endsAtMs: number;
  owner: string;
}
type Told = { is: 'renewed'; kept: Kept } | { is: 'ended'; why: Ending };
/** Why nobody is signed in any more. */
export type Ending = 'signed-out' | 'expired';

export interface PageTokens extends TokenSource {
  renew(): Promise<string | undefined>;
  set(tokens: TokenResponse): void;
  /** In this tab and every other one. */
  end(why: Ending): void;
}

/**
 * The short token of the person, in memory only. Its successor comes by the cookie that no script reads; of all tabs one
 * asks for it at a time and tells the others. Where there can't be a session none is asked for.
 */
export function createPageTokens(ended: (why: Ending) => void, mayHaveSession: () => boolean): PageTokens {
  const plain = connect({ url: '' });
  const tabs = new BroadcastChannel('multiwa-session');
  let kept: Kept | undefined;
  let renewing: Promise<string | undefined> | undefined;

  const isFresh = (token: Kept | undefined): token is Kept =>
    token !== undefined && Date.now() < token.endsAtMs - earlyMs;
  const keep = ({ accessToken, expiresIn, user }: TokenResponse): Kept => {
    kept = { accessToken, endsAtMs: Date.now() + expiresIn * 1000, owner: user.id };
    tabs.postMessage({ is: 'renewed', kept } satisfies Told);
    return kept;
  };

  tabs.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.is === 'renewed') {
      // Somebody else has signed in over there, and all tabs share one cookie.
      if (kept && kept.owner !== data.kept.owner) return location.reload();
      kept = data.kept;
      return;
    }
    kept = undefined;
    ended(data.why);
  };

  async function ask(before: Kept | undefined): Promise<string | undefined> {
    // Another tab was quicker.
    if (kept !== before && isFresh(kept)) return kept.accessToken;
    try {
      const answer = await postAuthRefresh({ client: plain, headers: { 'x-session': 'cookie' } });
      return keep(answer).accessToken;
    } catch (error) {
      if (!(error instanceof MultiWaError) || error.status !== 401) throw error;
      kept = undefined;
      ended('expired');
      return undefined;
    }
  }

  /** Pages that came by plain http from another machine have no locks; the server forgives two at once. */
  const alone = (work: () => Promise<string | undefined>): Promise<string | undefined> =>
    navigator.locks === undefined ? work() : navigator.locks.request('multiwa-session', work);

  const renew = async () => {
    if (!mayHaveSession()) return undefined;
    const before = kept;
    renewing ??= alone(() => ask(before)).finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  return {
    renew,
    token: () => (isFresh(kept) ? kept.accessToken : renew()),
    set: (tokens) => void keep(tokens),
    end(why) {
      kept = undefined;
      tabs.postMessage({ is: 'ended', why } satisfies Told);
      ended(why);
    },
  };
}
