import type { Json } from '../../../platform/db/json-column.ts';
import { all } from './all.ts';
import { byRequest } from './by-request.ts';
import { button, happening, pollVote, reaction } from './happenings.ts';
import { keyword } from './keyword.ts';
import { messageType } from './message-type.ts';
import { firstMessage, newContact } from './new-contact.ts';
import { noReply } from './no-reply.ts';
import { regex } from './regex.ts';
import { schedule } from './schedule.ts';
import type { FiredBy, TriggerKind } from './trigger.ts';

const kinds: readonly TriggerKind[] = [
  ...[keyword, regex, newContact, firstMessage, messageType, all, byRequest],
  ...[button, reaction, pollVote, happening, noReply, schedule],
];

/** Every trigger by each of its names. */
export const triggers: ReadonlyMap<string, TriggerKind> = new Map(
  kinds.flatMap((kind) => kind.types.map((type) => [type, kind] as const)),
);

/** What can fire a trigger; undefined of one that is not known. */
export function firedByOf({ type, config }: { type: string; config: Json }): FiredBy | undefined {
  const kind = triggers.get(type);
  return kind && (kind.firedBy?.(config) ?? 'message');
}
