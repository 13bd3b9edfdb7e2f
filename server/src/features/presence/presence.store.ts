import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';

/** A conversation and what its profile is and wants. */
interface Followable {
  id: string;
  organization_id: string;
  profile_id: string;
  type: string;
  status: string;
  shows_online: boolean;
}
/** A chat that is followed now. */
export interface Followed {
  conversation_id: string;
  chat: string;
  lid: string | null;
  until: Date;
}

/** Setting of a profile: whether it is shown online while chats are followed. */
const showsOnline = sql<boolean>`coalesce(p.settings->'showOnline' = 'true'::jsonb, false)`;

export function createPresenceStore(db: Db) {
  return {
    async conversation(tenancy: Tenancy, id: string): Promise<Followable | undefined> {
      const { rows } = await sql<Followable>`
        select c.id, c.organization_id, c.profile_id, c.type, p.status, ${showsOnline} as shows_online
        from conversations c join profiles p on p.id = c.profile_id
        where c.id = ${id} and ${isRowOf(tenancy, 'c')}`.execute(db);
      return rows[0];
    },

    /** Follows a chat until then, or longer where that is wanted already; undefined when a profile follows `max` others. */
    async follow(of: Followable, until: Date, now: Date, max: number): Promise<Date | undefined> {
      const { rows } = await sql<{ until: Date }>`
        insert into presence_subscriptions as s (conversation_id, organization_id, profile_id, until)
        select ${of.id}, ${of.organization_id}, ${of.profile_id}, ${until}
        where (select count(*) from presence_subscriptions
          where profile_id = ${of.profile_id} and until > ${now} and conversation_id <> ${of.id}) < ${max}
        on conflict (conversation_id) do update set until = greatest(s.until, excluded.until)
        returning until`.execute(db);
      return rows[0]?.until;
    },

    async end(conversationId: string): Promise<void> {
      await db.deleteFrom('presence_subscriptions').where('conversation_id', '=', conversationId).execute();
    },

    /** What a profile follows now, and whether it is shown online. */
    async followed(profileId: string, now: Date): Promise<{ chats: Followed[]; showsOnline: boolean }> {
      const { rows } = await sql<Followed & { shows_online: boolean }>`
        select s.conversation_id, c.chat, c.lid, s.until, ${showsOnline} as shows_online
        from presence_subscriptions s join conversations c on c.id = s.conversation_id
          join profiles p on p.id = s.profile_id
        where s.profile_id = ${profileId} and s.until > ${now}
        order by s.until desc`.execute(db);
      return { chats: rows, showsOnline: rows[0]?.shows_online ?? false };
    },

    /** Forgets what is over; answers whose chats are followed still, and when the next ends. */
    async forgetEnded(now: Date): Promise<{ profileIds: string[]; next: Date | undefined }> {
      await db.deleteFrom('presence_subscriptions').where('until', '<=', now).execute();
      const rows = await db
        .selectFrom('presence_subscriptions')
        .select((eb) => ['profile_id', eb.fn.min('until').as('until')])
        .groupBy('profile_id')
        .execute();
      const [next] = rows.map(({ until }) => until).sort((a, b) => a.getTime() - b.getTime());
      return { profileIds: rows.map(({ profile_id }) => profile_id), next };
    },
  };
}

export type PresenceStore = ReturnType<typeof createPresenceStore>;
