import type { BinaryNode } from 'baileys';
import { EngineBusy, EngineGone, EngineRefusal } from '../port.ts';

/** Waits for the server's acknowledgements of messages under way. */
export interface Acks {
  /** Call it before the bytes leave: on loopback the answer is there within a millisecond. */
  expect(id: string): { answered: Promise<void>; bytesLeft(): void; forget(): void };
  /** Takes every `ack class=message`. */
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

/** WhatsApp asks the account to send less; `backoff` is in seconds, and mostly absent. */
export function busy(backoff?: string): EngineBusy {
  const seconds = Number(backoff);
  return new EngineBusy('WhatsApp asks this account to send less.', seconds > 0 ? seconds * 1000 : undefined);
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/** @param answerMsMax how long the server may take from the moment the bytes have left */
export function createAcks(answerMsMax: number): Acks {
  const waiters = new Map<string, Set<Waiter>>();

  function settle(id: string, answer: (waiter: Waiter) => void): void {
    const sameId = waiters.get(id);
    waiters.delete(id);
    for (const waiter of sameId ?? []) answer(waiter);
  }

  return {
    expect(id) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      promise.catch(() => undefined);
      const waiter: Waiter = { resolve, reject };
      const sameId = waiters.get(id) ?? new Set();
      waiters.set(id, sameId.add(waiter));
      let timer: NodeJS.Timeout | undefined;
      const forget = () => {
        clearTimeout(timer);
        sameId.delete(waiter);
        if (sameId.size === 0 && waiters.get(id) === sameId) waiters.delete(id);
      };
      return {
        answered: promise.finally(forget),
        bytesLeft() {
          if (!sameId.has(waiter) || timer) return;
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
      if (attrs.error === undefined) return settle(attrs.id, (waiter) => waiter.resolve());
      const code = Number(attrs.error);
      settle(attrs.id, (waiter) => waiter.reject(code === slowDown ? busy(attrs.backoff) : refusal(code)));
    },
    failAll(reason) {
      for (const id of [...waiters.keys()]) settle(id, (waiter) => waiter.reject(new EngineGone(reason)));
    },
  };
}
