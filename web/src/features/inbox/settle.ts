import type { QueryClient } from '@tanstack/react-query';
import { ownMessage } from './arrived.ts';
import { heldMessage, takeIn } from './cache.ts';
import { outbox, type Pending } from './outbox.ts';
import { shownContent, typeOf } from './sent.ts';

/** A send that the server has: what was drawn for it gives way to the message. */
export function settle(
  cache: QueryClient,
  { reference, profileId, sending, quoted, uploaded }: Pending,
  answer: Parameters<typeof ownMessage>[1],
): void {
  const content = shownContent(sending, uploaded);
  const message = ownMessage(
    { profileId, type: typeOf(sending), content, clientReference: reference, quoted },
    answer,
  );
  takeIn(cache, heldMessage(cache, answer) ?? message, message.timestamp);
  outbox.remove(reference);
}
