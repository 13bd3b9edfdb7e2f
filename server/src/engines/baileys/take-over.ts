import type { BinaryNode, WASocket } from 'baileys';

export type Handle = (stanza: BinaryNode) => Promise<void>;

/** Removes Baileys' handlers of an event and answers a function that calls them. */
export function takeOver({ ws }: WASocket, event: string): Handle {
  const handlers = ws.listeners(event);
  ws.removeAllListeners(event);
  return async (stanza) => {
    for (const handle of handlers) await handle(stanza);
  };
}
