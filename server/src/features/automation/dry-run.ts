import type { Actor } from '../../platform/actor.ts';
import { type Clock, later } from '../../platform/clock.ts';
import type { Json } from '../../platform/db/json-column.ts';
import { Failure } from '../../platform/failures.ts';
import type { Effect, Scene } from './actions/action.ts';
import type { TestAutomationBody } from './automation.schema.ts';
import type { AutomationService } from './automation.service.ts';
import type { AutomationStore, CountedRow } from './automation.store.ts';
import type { createChecks } from './checks.ts';
import type { Arrival, Facts, Person } from './match/facts.ts';
import { doneExit, nextNode, type Program } from './program/program.ts';
import { firedBy, fitsChat, type Step, sourcesOf, step, verdictsOf } from './run/interpret.ts';
import { type RunState, withVars } from './run/state.ts';
import { zoneDefault } from './run/zone.ts';

/** A step that would be done. */
interface Traced {
  node: string;
  kind: string;
  exit: string | null;
  effects: Json[];
  data: unknown;
  at: string;
}

const tracedMax = 200;

/** Tries an automation: the interpreter of runs, with a list instead of effects and a clock that jumps over waits. */
export function createDryRun(deps: {
  clock: Clock;
  store: Pick<AutomationStore, 'zoneOf'>;
  service: Pick<AutomationService, 'rowOf' | 'todayCountOf'>;
  check: ReturnType<typeof createChecks>;
}) {
  return async (actor: Actor, id: string, body: TestAutomationBody) => {
    const row = await deps.service.rowOf(actor, id);
    const { program, problems } = await deps.check(definitionOf(row), actor.organizationId);
    const invalid = problems.filter(({ problem }) => problem.startsWith('Invalid regex'));
    if (invalid.length > 0) {
      throw new Failure('VALIDATION_ERROR', { says: String(invalid[0]?.problem), details: invalid });
    }
    const at = body.at ? new Date(body.at) : deps.clock.now();
    if (Number.isNaN(at.getTime())) {
      throw new Failure('VALIDATION_ERROR', { details: [{ path: '/at', problem: 'must be a moment' }] });
    }
    const timeZone = (await deps.store.zoneOf(actor.organizationId)) ?? zoneDefault;
    const facts = factsOf(body, at, timeZone);
    const fired = fitsChat(program, facts.arrival) ? firedBy(program, facts) : undefined;
    const conditions = verdictsOf(program, facts);
    const matches = fired !== undefined && conditions.every(({ held }) => held);
    // What can't be switched on does not run here either.
    const start = matches && problems.length === 0 ? (fired?.trigger.start ?? null) : null;
    const ran = start === null ? undefined : run(program, start, facts, row, [...(body.answers ?? [])]);
    const todayCount = await deps.service.todayCountOf(row);
    return {
      automation: { id: row.id, name: row.name, triggerType: row.trigger_type },
      ...{ testMessage: body.message, matches, matchDetails: fired?.details ?? {}, conditions, problems },
      actions: matches ? row.actions : null,
      limits: {
        ...{ cooldownSecs: row.cooldown_secs, maxTriggersPerDay: row.max_triggers_per_day, todayCount },
        reached: row.max_triggers_per_day !== null && todayCount >= row.max_triggers_per_day,
      },
      ...{ trace: ran?.trace ?? [], outcome: ran?.outcome ?? null },
    };
  };
}

/** The same steps as in life, one after the other. */
function run(program: Program, start: string, facts: Facts, row: CountedRow, answers: string[]) {
  const trace: Traced[] = [];
  let state: RunState = { vars: {}, visits: {} };
  let { arrival, now } = facts;
  let node: string | undefined = start;
  let error: string | null = null;
  let outcome = 'completed';
  for (let count = 0; node !== undefined && count < tracedMax; count++) {
    const seen: Facts = { ...facts, arrival, now, vars: new Map(Object.entries(state.vars)) };
    const scene: Scene = {
      ...{ facts: seen, sources: sourcesOf(seen), automation: { id: row.id, name: row.name } },
      ...{ runId: 'test', profileId: row.profile_id },
    };
    const done: Step = step(program, node, state, count, scene);
    let { exit, next } = done;
    const { act } = done;
    state = done.state;
    error = done.error ?? error;
    if (act.is === 'end' && done.error) outcome = 'stopped';
    if (act.is === 'wait') {
      const said: string | undefined = act.for === 'reply' ? answers.shift() : undefined;
      exit = act.for === 'time' ? doneExit : said === undefined ? 'timeout' : 'reply';
      if (said === undefined) now = later(now, act.ms);
      else {
        arrival = { ...arrival, text: said, type: 'text', hasMedia: false };
        const variable = act.for === 'reply' ? act.variable : undefined;
        state = withVars({ ...state, visits: {} }, variable ? { [variable]: said } : {});
      }
      next =
        nextNode(program, done.node, exit) ??
        (exit === 'reply' ? nextNode(program, done.node, doneExit) : undefined);
    }
    if (act.is === 'call') {
      exit = doneExit;
      next = nextNode(program, done.node, doneExit);
    }
    trace.push({
      node,
      kind: done.node.kind,
      exit,
      effects: effectsOf(act),
      data: dataOf(act),
      at: now.toISOString(),
    });
    node = next;
  }
  if (outcome === 'completed' && error !== null) outcome = 'failed';
  return { trace, outcome };
}

function effectsOf(act: Step['act']): Json[] {
  if (act.is === 'call') return [{ do: 'call', url: act.call.url, method: act.call.method }];
  return act.is === 'done' ? ((act.effects ?? []) as Effect[]).map((effect) => ({ ...effect })) : [];
}

function dataOf(act: Step['act']): unknown {
  if (act.is === 'done') return act.data ?? {};
  if (act.is === 'failed') return { error: act.error, ...(act.code && { code: act.code }) };
  return act.is === 'wait' ? { for: act.for, seconds: act.ms / 1_000 } : {};
}

function factsOf(body: TestAutomationBody, now: Date, timeZone: string): Facts {
  const { contact } = body;
  const person: Person | null = contact
    ? {
        ...{ name: contact.name || null, phone: contact.phone || null },
        ...{ tags: contact.tags ?? [], metadata: contact.metadata ?? {} },
      }
    : null;
  const arrival: Arrival = {
    ...{ messageId: '', waMessageId: '', conversationId: '', senderName: null, text: body.message },
    senderJid: contact?.phone ? `${contact.phone}@c.us` : null,
    ...{ type: body.messageType || 'text', hasMedia: false, isGroup: body.isGroup === true },
    timestamp: now.toISOString(),
  };
  const isNew = body.isNewContact ?? person === null;
  return { arrival, person, isNew, isAssigned: false, vars: new Map(), now, timeZone };
}

/** A row as what is compiled. */
function definitionOf(row: CountedRow) {
  return {
    ...{ kind: row.kind, triggerType: row.trigger_type, triggerConfig: row.trigger_config },
    ...{ conditions: row.conditions, actions: row.actions, graph: row.graph, settings: row.settings },
  };
}
