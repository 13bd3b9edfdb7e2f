import type { Actor } from '../../platform/actor.ts';
import { type Clock, later } from '../../platform/clock.ts';
import type { Json } from '../../platform/db/json-column.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import type { Effect, Scene } from './actions/action.ts';
import type { TestAutomationBody } from './automation.schema.ts';
import type { AutomationService } from './automation.service.ts';
import { type AutomationStore, type CountedRow, definitionOf } from './automation.store.ts';
import type { createChecks } from './checks.ts';
import type { Judged } from './conditions/condition.ts';
import { type Arrival, type Facts, noPast, type Person } from './match/facts.ts';
import { doneExit, errorExit, nextNode, type Program } from './program/program.ts';
import type { Told } from './run/ask-model.ts';
import { withBodyFields } from './run/body-fields.ts';
import { firedBy, firingsOf, fitsChat, type Step, sourcesOf, step, verdictsOf } from './run/interpret.ts';
import { type AskOutside, type Outside, placeholder } from './run/outside.ts';
import { withVars } from './run/state.ts';
import { zoneDefault } from './run/zone.ts';
import type { StepHeaders } from './step-headers.ts';
import { firedByOf } from './triggers/triggers.ts';

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
/** Of one trial. */
const liveCallsMax = 5;

/** What a step that asks is told. */
type Tell = (done: Step, what: Outside) => Promise<Told>;

/** Tries an automation: the interpreter of runs, with a list instead of effects and a clock that jumps over waits. */
export function createDryRun(deps: {
  clock: Clock;
  store: Pick<AutomationStore, 'zoneOf'>;
  service: Pick<AutomationService, 'rowOf' | 'todayCountOf' | 'assertMay'>;
  outside: AskOutside;
  stepHeaders: Pick<StepHeaders, 'masked'>;
  check: ReturnType<typeof createChecks>;
}) {
  /** Really asks: whoever tries it must be allowed what it does. */
  async function liveTeller(actor: Actor, row: CountedRow, program: Program): Promise<Tell> {
    await deps.service.assertMay(actor, row.profile_id, program, ['message:send']);
    const key = newId();
    let calls = 0;
    return async ({ node }, what) => {
      if (++calls > liveCallsMax) {
        const error = `Of one trial at most ${liveCallsMax} calls are made.`;
        return { error, data: { error } };
      }
      const of = {
        ...{ organizationId: row.organization_id, profileId: row.profile_id, chat: '', automationId: row.id },
        ...{ conversationId: null, messageId: null, key: `test-${key}-${calls}` },
        ...{ saidAt: null, mentionsUs: false },
      };
      return deps.outside(of, what, node.config);
    };
  }

  return async (actor: Actor, id: string, body: TestAutomationBody) => {
    const row = await deps.service.rowOf(actor, id);
    const definition = body.draft && row.draft ? row.draft : definitionOf(row);
    const checked = { ...definition, profileId: row.profile_id, id: row.id };
    const { program, problems } = await deps.check(checked, actor.organizationId);
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
    const fired = fitsChat(program, facts.arrival)
      ? (firedBy(program, facts) ?? ofNoMessage(program, facts))
      : undefined;
    const conditions = verdictsOf(program, facts);
    const triggers = firingsOf(program, facts);
    const matches = fired !== undefined && conditions.every(({ held }) => held);
    // What can't be switched on does not run here either.
    const start = matches && problems.length === 0 ? (fired?.trigger.start ?? null) : null;
    const tell = body.live ? await liveTeller(actor, row, program) : placeholderTeller;
    const answers = [...(body.answers ?? [])];
    const ran = start === null ? undefined : await run(program, start, facts, row, answers, tell);
    const todayCount = await deps.service.todayCountOf(row);
    return {
      automation: { id: row.id, name: row.name, triggerType: definition.triggerType },
      ...{ testMessage: body.message, matches, matchDetails: fired?.details ?? {} },
      ...{ triggers, conditions: conditions.map(presentJudged), problems },
      actions: matches ? (deps.stepHeaders.masked(row.id, definition).actions as Json[]) : null,
      limits: {
        ...{ cooldownSecs: row.cooldown_secs, maxTriggersPerDay: row.max_triggers_per_day, todayCount },
        reached: row.max_triggers_per_day !== null && todayCount >= row.max_triggers_per_day,
      },
      ...{ trace: ran?.trace ?? [], outcome: ran?.outcome ?? null },
    };
  };
}

/** With those inside as plain objects. */
const presentJudged = ({ type, held, why, inside }: Judged) => ({
  ...{ type, held, why },
  ...(inside && { inside: inside.map((one) => ({ ...one })) }),
});

/** What no message starts is tried as if its time had come, or somebody had asked for it. */
function ofNoMessage(program: Program, { arrival }: Facts): ReturnType<typeof firedBy> {
  if (arrival.happened) return undefined;
  const trigger = program.triggers.find((one) => ['time', 'request'].includes(firedByOf(one) ?? ''));
  return trigger && { trigger, details: { note: `It is started by ${trigger.type}, not by a message.` } };
}

const placeholderTeller: Tell = async (_, what) => placeholder(what);

/** The same steps as in life, one after the other. */
async function run(
  program: Program,
  start: string,
  facts: Facts,
  row: CountedRow,
  answers: string[],
  tell: Tell,
) {
  const trace: Traced[] = [];
  let state = withVars({ vars: {}, visits: {} }, Object.fromEntries(facts.vars));
  let { arrival, now } = facts;
  let node: string | undefined = start;
  let error: string | null = null;
  let outcome = 'completed';
  let hasTyped = false;
  for (let count = 0; node !== undefined && count < tracedMax; count++) {
    const seen: Facts = { ...facts, arrival, now, vars: new Map(Object.entries(state.vars)) };
    const scene: Scene = {
      ...{ facts: seen, sources: sourcesOf(seen), automation: { id: row.id, name: row.name } },
      ...{ runId: 'test', profileId: row.profile_id, hasTyped },
    };
    const before = state;
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
    if (act.is === 'typing') {
      hasTyped = true;
      now = later(now, act.ms);
      state = before;
      continue;
    }
    hasTyped = false;
    let effects = effectsOf(act);
    if (act.is === 'call') {
      const asking = { ...done, node: { ...done.node, config: withBodyFields(program, done.node.config) } };
      const told = await tell(asking, act.call);
      const isError = 'error' in told;
      state = withVars(state, told.vars ?? {});
      exit = isError ? errorExit : told.exit;
      next = nextNode(program, done.node, exit);
      error = isError ? told.error : error;
      if (!isError) effects = [...effects, ...told.effects];
    }
    trace.push({
      node,
      kind: done.node.kind,
      exit,
      effects,
      data: dataOf(act),
      at: now.toISOString(),
    });
    node = next;
  }
  if (outcome === 'completed' && error !== null) outcome = 'failed';
  return { trace, outcome };
}

function effectsOf(act: Step['act']): Json[] {
  if (act.is === 'call') {
    const { call } = act;
    if ('ask' in call) return [{ do: 'ask', ...call }];
    const { url, method, storedHeaders } = call;
    // By their names: the values are secrets.
    return [{ do: 'call', url, method, ...(storedHeaders && { headers: Object.keys(storedHeaders) }) }];
  }
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
    ...(body.happened && { type: body.happened.event, happened: happenedOf(body.happened) }),
  };
  const isNew = body.isNewContact ?? person === null;
  const about = { isAssigned: false, isWithPerson: false, past: noPast };
  const vars = new Map(Object.entries(body.variables ?? {}));
  return { arrival, person, isNew, ...about, vars, now, timeZone };
}

const happenedOf = ({ event, ...about }: Json & { event: string }) => ({ event, about });
