import type { QueryConfig } from 'pg';

/** Every node listens here for the newest position. */
export const numberedChannel = 'multiwa_events_numbered';

/** Any number that no other advisory lock of this program uses. Who holds the lock is the one relay. */
const relayLock = 7_120_419_352;

/** Answers whether this session is the relay from now on, until it ends. */
export const becomeRelay: QueryConfig = {
  text: 'select pg_try_advisory_lock($1) as held',
  values: [relayLock],
};

/** Events that are numbered at once. */
export const batchMax = 500;

/**
 * One statement, so one transaction: a position is visible only together with all smaller ones, whatever
 * the order in which the recording transactions committed. Should two relays ever run, the row of event_log keeps them
 * apart. An event without a position is looked up by its number, so that no plan goes through the index of positions.
 */
export const numberBatch: QueryConfig = {
  name: 'number-batch',
  text: `
  with batch as materialized (
    select seq, row_number() over (order by seq) as n
    from (select seq from events where position is null order by seq limit ${batchMax}) as unnumbered
  ), head as (
    update event_log set last_position = last_position + (select count(*) from batch)
    where exists (select from batch)
    returning last_position - (select count(*) from batch) as base
  ), numbered as (
    update events set position = head.base + batch.n from batch, head
    where events.seq = batch.seq and coalesce(events.position, 0) = 0
    returning events.id, events.name, events.position, events.organization_id, events.profile_id,
      events.occurred_at, events.body
  ), told as (
    select pg_notify('${numberedChannel}', max(position)::text) from numbered having count(*) > 0
  )
  select numbered.* from numbered, told order by position`,
};
