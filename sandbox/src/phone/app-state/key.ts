import type { proto } from 'baileys';
import type { Account } from '../../accounts/account.ts';
import { deriveSeed } from '../../keys.ts';

/** The key every device of this person encrypts app state with; it belongs to the phone's identity. */
export function appStateKey(account: Account): {
  readonly keyId: Buffer;
  readonly keyData: proto.Message.IAppStateSyncKeyData;
} {
  const seed = deriveSeed(account.keys.identity.private, 'app state key');
  return {
    keyId: seed.subarray(0, 6),
    keyData: {
      keyData: deriveSeed(seed, 'data'),
      fingerprint: { rawId: account.keys.rawId, currentIndex: 0, deviceIndexes: [0] },
      timestamp: Date.now(),
    },
  };
}
