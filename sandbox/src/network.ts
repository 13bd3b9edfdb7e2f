import { compose, type NetworkSettings } from './compose.ts';
import { keepBounded } from './store/retention.ts';
import type { Store } from './store/sqlite.ts';

/** The whole network: people, devices, connections, and what passes between them. */
export interface Network extends ReturnType<typeof compose> {
  /** Ends every connection and stops the phones' idle work. */
  close(): void;
}

/** Composes a network and begins what it does by itself. */
export function startNetwork(store: Store, settings: NetworkSettings): Network {
  const parts = compose(store, settings);
  const { ledger, phones, people, losses, faults, media, clients } = parts;
  const stopTrimming = keepBounded(store, {
    onMailDropped: (number, device, letters) =>
      ledger.note('mail-dropped', { number, device, text: `${letters} letters` }),
  });
  people.calls.begin();
  phones.begin();
  losses.begin();
  return {
    ...parts,
    close() {
      phones.stop();
      faults.clearAll();
      stopTrimming();
      people.calls.stop();
      media.files.close();
      clients.end();
    },
  };
}
