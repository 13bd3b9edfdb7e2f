import { sql } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { Content } from '../kinds/kind.ts';
import type { MessageOrigin } from '../origin.ts';

/** What a profile can do to messages. */
export type DeedKind = 'reaction' | 'edited' | 'revoked' | 'pinned' | 'kept';

/** What a profile is to do to a message, with everything decided. */
export interface ReadyDeed {
  id: string;
  organizationId: string;
  profileId: string;
  messageId: string;
  kind: DeedKind;
  waMessageId: string;
  content: Content;
  origin: MessageOrigin;
  clientReference: string | null;
  at: Date;
  expiresAt: Date;
}

/** A deed with what the network must know of its message. */
export interface Deed {
  id: string;
  kind: ReadyDeed['kind'];
  wa_message_id: string;
  content: Content;
  client_reference: string | null;
  at: Date;
  expires_at: Date;
  status: string;
  failure_code: string | null;
  failure_reason: string | null;
  message_id: string;
  target_id: string;
  target_direction: string;
  target_sender: string | null;
  target_type: string;
  target_content: Content;
  target_status: string;
  target_revoked_at: Date | null;
  conversation_id: string;
  chat: string;
  own_phone: string | null;
  delay_ms: number;
}

const withTarget = sql`select d.*, m.wa_message_id as target_id, m.direction as target_direction,
    m.sender as target_sender, m.type as target_type, m.content as target_content, m.status as target_status,
    m.revoked_at as target_revoked_at, m.conversation_id, c.chat, p.phone_number as own_phone,
    p.message_delay_ms as delay_ms
  from message_deeds d join messages m on m.id = d.message_id join conversations c on c.id = m.conversation_id
    join profiles p on p.id = d.profile_id`;

/** The queue of what profiles do to messages. */
export function createDeedStore(db: Db, clock: Clock) {
  return {
    async keep(tx: Tx, deed: ReadyDeed): Promise<void> {
      const { organizationId, profileId, messageId, waMessageId, origin, clientReference, ...more } = deed;
      await tx
        .insertInto('message_deeds')
        .values({
          ...{ id: deed.id, organization_id: organizationId, profile_id: profileId, message_id: messageId },
          ...{ kind: more.kind, wa_message_id: waMessageId, content: JSON.stringify(more.content) },
          ...{ origin_kind: origin.kind, origin_id: origin.id, client_reference: clientReference },
          ...{ status: 'queued', at: more.at, expires_at: more.expiresAt, updated_at: more.at },
        })
        .execute();
    },

    /** The oldest that can go now: their messages are at WhatsApp, nobody asked for a pause, and the lease is ours. */
    async due(profileId: string, generation: number, limit: number): Promise<Deed[]> {
      const { rows } = await sql<Deed>`${withTarget}
        where d.profile_id = ${profileId} and d.status = 'queued'
          and (m.direction = 'incoming' or m.status not in ('queued', 'sending'))
          and not p.sending_held
          and (p.sending_paused_until is null or p.sending_paused_until <= ${clock.now()})
          and exists (select 1 from profile_leases l where l.profile_id = ${profileId}
            and l.generation = ${generation} and l.expires_at > now())
        order by d.seq limit ${limit}`.execute(db);
      return rows;
    },

    async areWaiting(profileId: string): Promise<boolean> {
      const row = await db
        .selectFrom('message_deeds')
        .select('id')
        .where('profile_id', '=', profileId)
        .where('status', '=', 'queued')
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async find(id: string): Promise<Deed | undefined> {
      return (await sql<Deed>`${withTarget} where d.id = ${id}`.execute(db)).rows[0];
    },

    async byWhatsAppId(profileId: string, waMessageId: string): Promise<Deed | undefined> {
      const { rows } = await sql<Deed>`${withTarget}
        where d.wa_message_id = ${waMessageId} and d.profile_id = ${profileId}`.execute(db);
      return rows[0];
    },

    /** What became of one that waits; false when that is decided already. */
    async settle(
      tx: Tx,
      id: string,
      outcome: { status: 'sent' | 'failed' | 'expired'; code?: string; reason?: string },
    ): Promise<boolean> {
      const settled = await tx
        .updateTable('message_deeds')
        .set({
          status: outcome.status,
          failure_code: outcome.code ?? null,
          failure_reason: outcome.reason ?? null,
          updated_at: clock.now(),
        })
        .where('id', '=', id)
        .where('status', '=', 'queued')
        .executeTakeFirst();
      return settled.numUpdatedRows > 0n;
    },
  };
}

export type DeedStore = ReturnType<typeof createDeedStore>;
