import { all } from './all.ts';
import { byRequest } from './by-request.ts';
import { keyword } from './keyword.ts';
import { messageType } from './message-type.ts';
import { newContact } from './new-contact.ts';
import { regex } from './regex.ts';
import type { TriggerKind } from './trigger.ts';

const kinds: readonly TriggerKind[] = [keyword, regex, newContact, messageType, all, byRequest];

/** Every trigger by each of its names. */
export const triggers: ReadonlyMap<string, TriggerKind> = new Map(
  kinds.flatMap((kind) => kind.types.map((type) => [type, kind] as const)),
);
