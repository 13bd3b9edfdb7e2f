import type { BinaryNode } from 'baileys';
import { EngineBusy, EngineGone, EngineRefusal } from '../port.ts';

/** Waits for the server's word on messages under way. */
export interface Acks {
  /** Call it before the bytes leave: on loopback the answer is there within a millisecond. */
  expect(id: string): { answered: Promise<void>; bytesLeft(): void; forget(): void };
  /** Hears every `ack class=message`. */
  hear(node: BinaryNode): void;
  /** No answer will come any more. */
  failAll(reason: string): void;
}

/** What the server's refusals mean to a person; the codes are WhatsApp's own. */
const refusals: Record<number, string> = {
  400: 'WhatsApp could not make sense of this message.',
  401: 'WhatsApp does not allow this account to send to this chat.',
  403: 'This account is not allowed to write in this chat.',
  404: 'WhatsApp does not know this recipient.',
  405: 'This kind of message is not allowed in this chat.',
  406: 'WhatsApp did not accept this message.',
  420: 'The group’s members have changed: the message has to be made anew.',
  421: 'The group’s members have changed: the message has to be made anew.',
  463: 'WhatsApp does not let this account start new chats for now; chats that exist go on working.',
  475: 'WhatsApp did not accept the addresses of this message.',
  479: 'WhatsApp did not accept how this message was addressed; the recipient’s devices may have changed.',
  500: 'WhatsApp failed to take this message.',
  503: 'WhatsApp can not take messages at the moment.',
};

/** The code by which WhatsApp says that an account sends too much. */
export const slowDown = 429;

export function refusal(code: number): EngineRefusal {
  return new EngineRefusal(code, refusals[code] ?? `WhatsApp refused this message (code ${code}).`);
}

/** WhatsApp wants less of this account; `backoff` is in seconds, and mostly absent. */
export function busy(backoff?: string): EngineBusy {
  const seconds = Number(backoff);
  return new EngineBusy('WhatsApp asks this account to send less.', seconds > 0 ? seconds * 1000 : undefined);
}

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/** @param answerMsMax how long the server may take from the moment the bytes have left */
export function createAcks(answerMsMax: number): Acks {
  const waiting = new Map<string, Set<Waiting>>();

  function settle(id: string, how: (one: Waiting) => void): void {
    const all = waiting.get(id);
    waiting.delete(id);
    for (const one of all ?? []) how(one);
  }

  return {
    expect(id) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      promise.catch(() => undefined);
      const one: Waiting = { resolve, reject };
      const all = waiting.get(id) ?? new Set();
      waiting.set(id, all.add(one));
      let timer: NodeJS.Timeout | undefined;
      const forget = () => {
        clearTimeout(timer);
        all.delete(one);
        if (all.size === 0 && waiting.get(id) === all) waiting.delete(id);
      };
      return {
        answered: promise.finally(forget),
        bytesLeft() {
          if (!all.has(one) || timer) return;
          const seconds = Math.round(answerMsMax / 1000);
          timer = setTimeout(
            () => reject(new EngineGone(`WhatsApp did not acknowledge the message within ${seconds} s.`)),
            answerMsMax,
          );
        },
        forget,
      };
    },
    hear({ attrs }) {
      if (!attrs.id) return;
      if (attrs.error === undefined) return settle(attrs.id, (one) => one.resolve());
      const code = Number(attrs.error);
      settle(attrs.id, (one) => one.reject(code === slowDown ? busy(attrs.backoff) : refusal(code)));
    },
    failAll(reason) {
      for (const id of [...waiting.keys()]) settle(id, (one) => one.reject(new EngineGone(reason)));
    },
  };
}
