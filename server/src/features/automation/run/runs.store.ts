import { type RawBuilder, sql } from 'kysely';
import { later } from '../../../platform/clock.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import { behind, type Slice } from '../../../platform/slice.ts';
import type { RunRow, RunStatus } from '../automation.tables.ts';
import type { Program } from '../program/program.ts';
import type { RunState, RunTrigger } from './state.ts';

/** A run that is to begin. */
export interface NewRun {
  organizationId: string;
  profileId: string;
  chat: string;
  who: string;
  isExclusive: boolean;
  node: string;
  version: number;
  trigger: RunTrigger;
  vars: Record<string, string>;
  originEvent: string;
  now: Date;
  /** When it begins; at once unless said. */
  wakeAt?: Date;
  /** How long it may last from then on. */
  lifeMs: number;
  /** How many automations stand behind it, each started by the one before. */
  depth?: number;
}

/** What an automation allows before it starts. */
export interface StartLimits {
  automationId: string;
  cooldownSecs: number;
  /** Of the organisation. */
  day: string;
}

/** How a run stands after a step. */
export interface Progress {
  node: string | null;
  state: RunState;
  status: RunStatus;
  wakeAt: Date | null;
  waitingFor: string | null;
  error: string | null;
  endedAt: Date | null;
  /** What was done; absent: the step is not over yet. */
  step?: { node: string; kind: string; exit: string | null; result: object };
  now: Date;
}

/** Live runs of an automation, of a chat, or a single one. */
type Which = { automationId: string } | { runId: string } | { profileId: string; chats: readonly string[] };

const liveOf = (of: Which) =>
  'runId' in of
    ? sql`id = ${of.runId}`
    : 'automationId' in of
      ? sql`automation_id = ${of.automationId}`
      : sql`profile_id = ${of.profileId} and chat = any(${[...of.chats]}::text[])`;

/** No earlier run of the chat is due, or under way: what a message starts is done in its order, and one flow after another. */
const isFirst = (now: Date) => sql<boolean>`not exists (
  select from automation_runs b where b.profile_id = r.profile_id and b.chat = r.chat and b.ended_at is null
    and b.seq < r.seq and (b.wake_at <= ${now} or b.waiting_for in ('answer', 'typing') or (r.is_exclusive and b.is_exclusive)))`;

/** The SQL about runs. */
export function createRunStore(db: Db) {
  function insertRun(
    run: NewRun,
    automationId: RawBuilder<unknown>,
    hook: string | null,
    from: RawBuilder<unknown>,
  ) {
    const expiresAt = later(run.wakeAt ?? run.now, run.lifeMs);
    const state: RunState = { vars: run.vars, visits: {}, ...(run.depth && { depth: run.depth }) };
    return sql<{ id: string }>`
      insert into automation_runs (id, automation_id, hook, version, organization_id, profile_id, chat, who,
        is_exclusive, status, node, state, wake_at, trigger, origin_event, started_at, expires_at)
      select ${newId()}::uuid, ${automationId}, ${hook}::text, ${run.version}::int, ${run.organizationId}::uuid,
        ${run.profileId}::uuid, ${run.chat}::text, ${run.who}::text, ${run.isExclusive}::boolean, 'running',
        ${run.node}::text, ${JSON.stringify(state)}::jsonb, ${run.wakeAt ?? run.now}::timestamptz,
        ${JSON.stringify(run.trigger)}::jsonb, ${run.originEvent}::uuid, ${run.now}::timestamptz, ${expiresAt}::timestamptz
      ${from}
      returning id`;
  }

  return {
    /**
     * Starts a run if the automation is on, its limits allow it, and this event has not started it before: all in one
     * statement, so that no two starts count the same place. Answers its id, or undefined.
     */
    async start(
      tx: Tx,
      run: NewRun,
      { automationId, cooldownSecs, day }: StartLimits,
    ): Promise<string | undefined> {
      const { now } = run;
      const cooledBefore = new Date(now.getTime() - cooldownSecs * 1_000);
      const { rows } = await sql<{ id: string }>`
        with rule as (
          select a.id from automations a join automation_counts c on c.automation_id = a.id
          where a.id = ${automationId} and a.is_active
            and (a.max_triggers_per_day is null or c.day is distinct from ${day} or c.today_count < a.max_triggers_per_day)
            and not exists (select from automation_runs r where r.origin_event = ${run.originEvent}
              and r.automation_id = a.id and r.chat = ${run.chat})
          for update of c
        ), cooled as (
          insert into automation_limits (automation_id, who, last_at)
          select id, ${run.who}, ${now} from rule where ${cooldownSecs} > 0
          on conflict (automation_id, who) do update set last_at = excluded.last_at
            where automation_limits.last_at <= ${cooledBefore}
          returning automation_id
        ), counted as (
          update automation_counts c set trigger_count = c.trigger_count + 1, last_triggered = ${now}, day = ${day},
            today_count = case when c.day = ${day} then c.today_count + 1 else 1 end
          from rule where c.automation_id = rule.id and (${cooldownSecs} = 0 or exists (select from cooled))
          returning c.automation_id
        )
        ${insertRun(run, sql`automation_id`, null, sql`from counted`)}`.execute(tx);
      return rows[0]?.id;
    },

    /** The how many-th time somebody of several is chosen, beginning with 0. */
    async nextTurn(tx: Tx, automationId: string): Promise<number> {
      const { rows } = await sql<{ turn: number }>`
        update automation_counts set turns = turns + 1 where automation_id = ${automationId}
        returning turns - 1 as turn`.execute(tx);
      return Number(rows[0]?.turn ?? 0);
    },

    /** Counts a start that was left out. */
    async leaveOut(tx: Tx, automationId: string): Promise<void> {
      await sql`update automation_counts set left_out = left_out + 1 where automation_id = ${automationId}`.execute(
        tx,
      );
    },

    /**
     * Puts what was said behind the text of runs that have not begun, as they wait for more; answers the automations whose runs
     * those are. They begin `restMs` after the last that was said.
     */
    async collect(
      tx: Tx,
      of: { profileId: string; chats: readonly string[]; who: readonly string[] },
      rests: readonly { automationId: string; restMs: number }[],
      said: { text: string; now: Date },
    ): Promise<string[]> {
      const { rows } = await sql<{ automation_id: string }>`
        update automation_runs r set wake_at = ${said.now}::timestamptz + t.ms * interval '1 millisecond',
          trigger = jsonb_set(r.trigger, '{text}', to_jsonb(left((r.trigger->>'text') || chr(10) || ${said.text}::text, 4096)))
        from unnest(${rests.map(({ automationId }) => automationId)}::uuid[], ${rests.map(({ restMs }) => restMs)}::int[])
          as t (id, ms)
        where r.automation_id = t.id and r.profile_id = ${of.profileId} and r.chat = any(${[...of.chats]}::text[])
          and r.who = any(${[...of.who]}::text[]) and r.ended_at is null and r.steps = 0 and r.status = 'running'
          and r.wake_at > ${said.now}
        returning r.automation_id`.execute(tx);
      return rows.map(({ automation_id }) => automation_id);
    },

    /** Starts what asks another program for an answer; once for an event. */
    async startHook(tx: Tx, run: NewRun, hook: string): Promise<string | undefined> {
      const { rows } = await insertRun(run, sql`null::uuid`, hook, sql``).execute(tx);
      return rows[0]?.id;
    },

    /** Gives an answer to the run of a chat that waits for one, the latest of several; answers which. */
    async answer(
      tx: Tx,
      of: { profileId: string; chats: readonly string[]; who: readonly string[] },
      answer: RunTrigger,
      now: Date,
    ): Promise<string | undefined> {
      const { rows } = await sql<{ id: string }>`
        with waiting as (
          select id from automation_runs
          where profile_id = ${of.profileId} and chat = any(${[...of.chats]}::text[]) and ended_at is null
            and waiting_for = 'reply' and who = any(${[...of.who]}::text[])
          order by seq desc limit 1 for update
        )
        update automation_runs r set wake_at = ${now}, state = jsonb_set(r.state, '{answer}', ${JSON.stringify(answer)}::jsonb)
        from waiting where r.id = waiting.id returning r.id`.execute(tx);
      return rows[0]?.id;
    },

    /** Runs of a chat that wait for something to happen, and for what. */
    async eventWaits(
      tx: Tx,
      of: { profileId: string; chats: readonly string[] },
    ): Promise<{ id: string; config: Json }[]> {
      const { rows } = await sql<{ id: string; config: Json }>`
        select r.id, v.program->'nodes'->r.node->'config' as config
        from automation_runs r join automation_versions v on v.automation_id = r.automation_id and v.version = r.version
        where r.profile_id = ${of.profileId} and r.chat = any(${[...of.chats]}::text[]) and r.ended_at is null
          and r.waiting_for = 'event' order by r.seq limit 100`.execute(tx);
      return rows;
    },

    /** What these runs waited for has happened. */
    async happened(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
      await sql`update automation_runs set wake_at = ${now}, state = jsonb_set(state, '{hasHappened}', 'true')
        where id = any(${[...ids]}::uuid[]) and waiting_for = 'event'`.execute(tx);
    },

    /** Runs whose turn it is: of each chat the first. */
    async due(now: Date, max: number): Promise<string[]> {
      const { rows } = await sql<{ id: string }>`
        select r.id from automation_runs r where r.wake_at <= ${now} and ${isFirst(now)}
        order by r.wake_at, r.seq limit ${max}`.execute(db);
      return rows.map(({ id }) => id);
    },

    /** When the next of those that wait for a time is due. */
    async nextAt(now: Date): Promise<Date | undefined> {
      const row = await db
        .selectFrom('automation_runs')
        .select('wake_at')
        .where('wake_at', '>', now)
        .orderBy('wake_at')
        .limit(1)
        .executeTakeFirst();
      return row?.wake_at ?? undefined;
    },

    find: (id: string): Promise<RunRow | undefined> =>
      db.selectFrom('automation_runs').selectAll().where('id', '=', id).executeTakeFirst(),

    /** A run whose turn it is, locked; undefined when another node has it, or an earlier one of its chat is due. */
    async lockDue(tx: Tx, id: string, now: Date): Promise<RunRow | undefined> {
      const { rows } = await sql<RunRow>`
        select r.* from automation_runs r where r.id = ${id} and r.wake_at <= ${now} and ${isFirst(now)}
        for update of r skip locked`.execute(tx);
      return rows[0];
    },

    /** A run that a call was made for, locked, if it still waits for that very call. */
    async lockCalled(tx: Tx, { id, steps }: RunRow): Promise<RunRow | undefined> {
      return tx
        .selectFrom('automation_runs')
        .selectAll()
        .where('id', '=', id)
        .where('steps', '=', steps)
        .where('waiting_for', '=', 'answer')
        .forUpdate()
        .executeTakeFirst();
    },

    /** Keeps how a run stands, and what was done; `told` is an insert of events for it. It must be locked. */
    async progress(tx: Tx, run: RunRow, to: Progress, told?: RawBuilder<unknown>): Promise<void> {
      const { step } = to;
      const done = step
        ? sql`insert into automation_steps (run_id, n, node, kind, exit, result, at)
            values (${run.id}, ${run.steps}, ${step.node}, ${step.kind}, ${step.exit}, ${JSON.stringify(step.result)},
              ${to.now})`
        : undefined;
      const besides = [...(done ? [sql`done as (${done})`] : []), ...(told ? [sql`told as (${told})`] : [])];
      await sql`${besides.length > 0 ? sql`with ${sql.join(besides)}` : sql``}
        update automation_runs set node = ${to.node}, state = ${JSON.stringify(to.state)}::jsonb, status = ${to.status},
          wake_at = ${to.wakeAt}, waiting_for = ${to.waitingFor}, error = ${to.error}, ended_at = ${to.endedAt},
          steps = steps + ${step ? 1 : 0}
        where id = ${run.id}`.execute(tx);
    },

    /** Ends live runs of an automation or in a chat; a step under way is waited for. Answers those that ended. */
    async cancelOf(
      tx: Tx,
      of: Which,
      error: string,
      now: Date,
      { except = null, onlyFlows = false }: { except?: string | null; onlyFlows?: boolean } = {},
    ): Promise<RunRow[]> {
      const { rows } = await sql<RunRow>`
        with live as (
          select id from automation_runs where ${liveOf(of)} and ended_at is null and id is distinct from ${except}
            and (is_exclusive or not ${onlyFlows}::boolean)
          order by seq for update
        )
        update automation_runs r set status = 'cancelled', wake_at = null, waiting_for = null, error = ${error},
          ended_at = ${now}
        from live where r.id = live.id returning r.*`.execute(tx);
      return rows;
    },

    /** What an automation of the profile is now, if it is on. */
    async current(
      tx: Tx,
      profileId: string,
      id: string,
    ): Promise<{ version: number; cooldownSecs: number; program: Program } | undefined> {
      const { rows } = await sql<{ version: number; cooldown_secs: number; program: Program }>`
        select a.version, a.cooldown_secs, v.program from automations a
          join automation_versions v on v.automation_id = a.id and v.version = a.version
        where a.id = ${id} and a.profile_id = ${profileId} and a.is_active`.execute(tx);
      const [row] = rows;
      return row && { version: row.version, cooldownSecs: row.cooldown_secs, program: row.program };
    },

    /** Forgets everything of a chat that is no more. */
    async forgetChat(tx: Tx, profileId: string, chat: string): Promise<void> {
      await tx
        .deleteFrom('automation_runs')
        .where('profile_id', '=', profileId)
        .where('chat', '=', chat)
        .execute();
      await tx
        .deleteFrom('automation_chats')
        .where('profile_id', '=', profileId)
        .where('chat', '=', chat)
        .execute();
      await tx
        .deleteFrom('automation_dues')
        .where('profile_id', '=', profileId)
        .where('chat', '=', chat)
        .execute();
    },

    list(automationId: string, slice: Slice): Promise<RunRow[]> {
      return db
        .selectFrom('automation_runs')
        .selectAll()
        .where('automation_id', '=', automationId)
        .where(behind(slice, { at: 'started_at', id: 'id' }, 'down'))
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(slice.limit)
        .offset(slice.offset)
        .execute();
    },

    stepsOf: (runId: string) =>
      db.selectFrom('automation_steps').selectAll().where('run_id', '=', runId).orderBy('n').execute(),

    async program(automationId: string, version: number, from: Db | Tx = db): Promise<Program | undefined> {
      const row = await from
        .selectFrom('automation_versions')
        .select('program')
        .where('automation_id', '=', automationId)
        .where('version', '=', version)
        .executeTakeFirst();
      return row?.program;
    },

    /** Ended runs and limits from before; answers how many rows went. */
    async purge(before: Date, limitsBefore: Date, max: number): Promise<number> {
      const runs = await sql`delete from automation_runs where id in (
        select id from automation_runs where ended_at < ${before} order by ended_at limit ${max})`.execute(
        db,
      );
      const limits = await sql`delete from automation_limits where (automation_id, who) in (
        select automation_id, who from automation_limits where last_at < ${limitsBefore} limit ${max})`.execute(
        db,
      );
      return Math.max(Number(runs.numAffectedRows ?? 0n), Number(limits.numAffectedRows ?? 0n));
    },
  };
}

export type RunStore = ReturnType<typeof createRunStore>;
