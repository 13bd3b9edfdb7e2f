import { EventEmitter } from 'node:events';
import type { WASocket } from 'baileys';

type OnStray = (event: string, error: unknown) => void;

/**
 * Changes: failures of Baileys' asynchronous handlers are reported to us.
 *
 * Why: nothing else handles them. One frame that can't be decoded would be an unhandled rejection, which ends the
 * process and with it the connections of all other profiles.
 *
 * In: `baileys/lib/Socket/socket.js` (onMessageReceived), `baileys/lib/Utils/event-buffer.js`.
 */
export function catchStrayFailures({ ws, ev }: WASocket, onStray: OnStray): void {
  reportFailures(ws, onStray);
  // `on` answers the emitter behind the event buffer; there is no other way to get it.
  const events: unknown = ev.on('connection.update', () => undefined);
  if (events instanceof EventEmitter) reportFailures(events, onStray);
}

function reportFailures(emitter: EventEmitter, onStray: OnStray): void {
  emitter.emit = (event: string | symbol, ...values: unknown[]) => {
    const handlers = emitter.rawListeners(event);
    for (const handler of handlers) {
      const outcome: unknown = Reflect.apply(handler, emitter, values);
      if (outcome instanceof Promise) outcome.catch((error: unknown) => onStray(String(event), error));
    }
    return handlers.length > 0;
  };
}
