import type { LIDMapping, SignalRepositoryWithLIDStore } from 'baileys';

/**
 * Changes: every pair of phone number and linked identity that Baileys stores is reported to us.
 *
 * Why: its event `lid-mapping.update` is emitted for some of the sources only; all of them pass this one method.
 *
 * In: `baileys/lib/Signal/lid-mapping.js` (storeLIDPNMappings).
 */
export function tellPairs(
  repository: SignalRepositoryWithLIDStore,
  onPairs: (pairs: LIDMapping[]) => void,
): void {
  const { lidMapping } = repository;
  const store = lidMapping.storeLIDPNMappings.bind(lidMapping);
  lidMapping.storeLIDPNMappings = async (pairs) => {
    await store(pairs);
    onPairs(pairs);
  };
}
