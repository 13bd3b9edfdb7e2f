import { Agent as TlsAgent } from 'node:https';
import { Agent, type Dispatcher } from 'undici';

/** How the network's file servers are reached: as every server is, or by a certificate of the network's own. */
export interface Trust {
  dispatcher(): Promise<Dispatcher>;
  /** The same for Node's own client, with which the protocol library uploads. */
  agent(): Promise<TlsAgent | undefined>;
  close(): Promise<void>;
}

/** @param certificate of a network that has one of its own, as the sandbox has (PEM) */
export function createTrust(certificate?: () => Promise<string>): Trust {
  let made: { dispatcher: Agent; agent: TlsAgent | undefined } | undefined;
  let making: Promise<NonNullable<typeof made>> | undefined;
  async function make() {
    const ca = await certificate?.();
    made = {
      dispatcher: new Agent({ connect: { timeout: 10_000, ...(ca && { ca }) } }),
      agent: ca === undefined ? undefined : new TlsAgent({ ca }),
    };
    return made;
  }
  const ready = () => {
    making ??= make().catch((error: unknown) => {
      making = undefined;
      throw error;
    });
    return making;
  };
  return {
    dispatcher: async () => (await ready()).dispatcher,
    agent: async () => (await ready()).agent,
    async close() {
      made?.agent?.destroy();
      await made?.dispatcher.close();
    },
  };
}
