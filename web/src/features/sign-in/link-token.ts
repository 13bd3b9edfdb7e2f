import { MultiWaError } from '@multiwa/sdk';
import { useEffect, useState } from 'react';

/** What stands behind `#token=` of the address. It opens something, so it leaves the address and the history at once. */
export function useLinkToken(): string | undefined {
  const [token, setToken] = useState(tokenNow);
  useEffect(() => {
    const take = () => {
      if (location.hash === '') return;
      setToken((before) => tokenNow() ?? before);
      history.replaceState(history.state, '', location.pathname + location.search);
    };
    take();
    // A link that is opened where its page is open already changes the fragment alone.
    addEventListener('hashchange', take);
    return () => removeEventListener('hashchange', take);
  }, []);
  return token;
}

const tokenNow = (): string | undefined =>
  new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;

/** The link was used, has run out or was never good: another letter is the way on. */
export const isGone = (error: unknown): boolean =>
  error instanceof MultiWaError && error.code === 'LINK_NOT_VALID';
