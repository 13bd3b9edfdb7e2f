import type { BinaryNode, WASocket } from 'baileys';

export type Handle = (stanza: BinaryNode) => Promise<void>;

/** Takes an event out of Baileys' hands; what is returned gives it back. */
export function takeOver({ ws }: WASocket, event: string): Handle {
  const handlers = ws.listeners(event);
  ws.removeAllListeners(event);
  return async (stanza) => {
    for (const handle of handlers) await handle(stanza);
  };
}
