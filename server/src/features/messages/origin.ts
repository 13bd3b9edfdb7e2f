import type { Selectable } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import type { MessagesTable } from './messages.tables.ts';

/**
 * Why a message of ours exists: a program asked for it with a key (`api`), a person did here (`user`) or on their
 * phone (`phone`), or a part of the server did, which names itself (`automation`, `broadcast` …). `id` says which; not of
 * people, who may ask to be forgotten.
 */
export interface MessageOrigin {
  readonly kind: string;
  readonly id: string | null;
}

export const fromPhone: MessageOrigin = { kind: 'phone', id: null };

export function originOf({ kind, apiKeyId }: Actor): MessageOrigin {
  return kind === 'api-key' ? { kind: 'api', id: apiKeyId ?? null } : { kind: 'user', id: null };
}

type OriginColumns = Pick<Selectable<MessagesTable>, 'origin_kind' | 'origin_id'>;

/** The origin as clients and events tell it; null of incoming messages and of those from before it was kept. */
export function presentOrigin({ origin_kind: kind, origin_id: id }: OriginColumns): MessageOrigin | null {
  return kind === null ? null : { kind, id };
}
