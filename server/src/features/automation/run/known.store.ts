import { sql } from 'kysely';
import type { Db } from '../../../platform/db/transaction.ts';
import type { AutomationRow } from '../automation.store.ts';
import type { Program } from '../program/program.ts';
import type { KnownSource } from './known.ts';

interface AboutProfile {
  organization_id: string;
  zone: string | null;
  has_runs: boolean;
  has_event_waits: boolean;
  phone: string | null;
}

/** Reads what is on for a profile. */
export function createKnownSource(db: Db): KnownSource {
  return {
    async active(profileId, from = db) {
      // One after the other: a transaction has one connection.
      const automations = await sql<AutomationRow & { program: Program }>`
          select a.*, v.program from automations a
            join automation_versions v on v.automation_id = a.id and v.version = a.version
          where a.profile_id = ${profileId} and a.is_active
          order by a.priority, a.created_at, a.id`.execute(from);
      const about = await sql<AboutProfile>`
          select p.organization_id, p.phone_number as phone, o.settings->>'timeZone' as zone,
            exists (select from automation_runs where profile_id = p.id and ended_at is null) as has_runs,
            exists (select from automation_runs where profile_id = p.id and ended_at is null
              and waiting_for = 'event') as has_event_waits
          from profiles p join organizations o on o.id = p.organization_id where p.id = ${profileId}`.execute(
        from,
      );
      const [row] = about.rows;
      return {
        ...{ organizationId: row?.organization_id ?? '', timeZone: row?.zone ?? null },
        own: row?.phone ? [`${row.phone}@c.us`] : [],
        ...{ automations: automations.rows, hasRuns: row?.has_runs === true },
        hasEventWaits: row?.has_event_waits === true,
      };
    },
  };
}
