import { type RawBuilder, sql } from 'kysely';

/**
 * Counts messages that were sent for the day of their profiles, where that has a limit; a day ends at midnight by
 * the clocks of the organisation (`settings.timeZone`, else UTC). To be put into the statement that finds out, of rows with a `profile_id`, each once in its life.
 * @param from what follows `from`
 */
export function countedForTheDay(from: RawBuilder<unknown>, now: Date): RawBuilder<unknown> {
  return sql`update profiles p set
      daily_message_count = case when p.daily_reset_at > ${now} then p.daily_message_count else 0 end + s.sent,
      daily_reset_at = midnight_after(${now}, o.settings ->> 'timeZone')
    from (select profile_id, count(*)::int as sent from ${from} group by profile_id) s, organizations o
    where p.id = s.profile_id and o.id = p.organization_id and p.daily_message_limit is not null`;
}
