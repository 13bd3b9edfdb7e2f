import type { Json } from '../../../platform/db/json-column.ts';
import { Failure } from '../../../platform/failures.ts';
import { shownIn } from '../../../platform/time-zone.ts';
import type { Source } from '../../templates/index.ts';
import type { Act, Scene } from '../actions/action.ts';
import { actions } from '../actions/actions.ts';
import type { Judged } from '../conditions/condition.ts';
import { decide } from '../conditions/conditions.ts';
import type { Arrival, Facts } from '../match/facts.ts';
import { errorExit, nextNode, type Program, type ProgramNode, type Trigger } from '../program/program.ts';
import { firedByOf, triggers } from '../triggers/triggers.ts';
import { type RunState, withVars } from './state.ts';

/** A run that does more has lost its way. */
export const stepsMax = 1_000;
/** Nor does one thing need to be done more often before the person says something. */
const visitsMax = 10;

/** What a step comes to: where it goes on, or that it waits. */
export interface Step {
  readonly node: ProgramNode;
  readonly act: Act;
  readonly exit: string | null;
  /** Undefined: the run has ended. Where it waits, what comes when the wait is over. */
  readonly next: string | undefined;
  readonly state: RunState;
  readonly error: string | null;
}

/** The trigger that a message fires, or whatever else happened; undefined when none does. */
export function firedBy(
  program: Program,
  facts: Facts,
): { trigger: Trigger; details: Record<string, unknown> } | undefined {
  const by = facts.arrival.happened ? 'happening' : 'message';
  for (const trigger of program.triggers) {
    if (firedByOf(trigger) !== by) continue;
    const details = triggers.get(trigger.type)?.matches(trigger.config, facts);
    if (details) return { trigger, details };
  }
  return undefined;
}

/** Each condition of a program with its verdict; all must hold. */
export function verdictsOf(program: Program, facts: Facts): Judged[] {
  return program.conditions.map((condition) => decide(condition, facts));
}

/** Each trigger of a program, whether it fires, and by what. */
export function firingsOf(program: Program, facts: Facts): { type: string; fired: boolean; details: Json }[] {
  return program.triggers.map((trigger) => {
    const found = firedBy({ ...program, triggers: [trigger] }, facts);
    return { type: trigger.type, fired: found !== undefined, details: found?.details ?? {} };
  });
}

/** Whether a flow may start in this kind of chat; rules do as their conditions say. */
export function fitsChat({ kind, settings }: Program, { isGroup, mentionsUs, happened }: Arrival): boolean {
  if (!isGroup) return true;
  if (settings.onlyMentioned === true && !happened && !mentionsUs) return false;
  return kind !== 'flow' || settings.groups === true;
}

/** What texts may name: variables of the run, the message, the contact. */
export function sourcesOf(facts: Facts): Source[] {
  const { arrival, person, now, timeZone } = facts;
  const phone = person?.phone ?? arrival.senderJid?.split('@')[0] ?? '';
  const local = shownIn(now, timeZone);
  const about = {
    name: person?.name || arrival.senderName || phone,
    phone,
    metadata: person?.metadata ?? {},
  };
  return [
    { from: 'variables', values: Object.fromEntries(facts.vars) },
    {
      from: 'message',
      values: { message: arrival.text, time: local.slice(11, 16), date: local.slice(0, 10) },
    },
    { from: 'contact', values: { ...about, contact: about } },
  ];
}

/** Does one node, without doing anything: the same in life and when an automation is tried. */
export function step(program: Program, nodeId: string, before: RunState, steps: number, scene: Scene): Step {
  const node = Object.hasOwn(program.nodes, nodeId) ? program.nodes[nodeId] : undefined;
  const nowhere: ProgramNode = { id: nodeId, kind: 'unknown', config: {}, next: {} };
  if (!node) return failed(program, nowhere, before, 'This step is not there any more.');
  const visits = (before.visits[nodeId] ?? 0) + 1;
  if (steps >= stepsMax || visits > visitsMax) {
    const error = `It would have gone on without end: ${nodeId} was next for the ${visits}th time.`;
    return { node, act: { is: 'end' }, exit: null, next: undefined, state: before, error };
  }
  const state = { ...before, visits: { ...before.visits, [nodeId]: visits } };
  const act = actOf(node, scene);
  if (act.is === 'failed') return { ...failed(program, node, state, act.error), act };
  if (act.is === 'end') return { node, act, exit: null, next: undefined, state, error: null };
  if (act.is === 'done') {
    const exit = act.exit ?? 'done';
    return {
      ...{ node, act, exit, next: nextNode(program, node, exit), error: null },
      state: withVars(state, act.vars ?? {}),
    };
  }
  return { node, act, exit: null, next: nodeId, state, error: null };
}

/** The step after something that could not be done. */
export function failed(program: Program, node: ProgramNode, state: RunState, error: string): Step {
  const next = nextNode(program, node, errorExit);
  return { node, act: { is: 'failed', error }, exit: errorExit, next, state, error };
}

function actOf({ kind, config }: ProgramNode, scene: Scene): Act {
  const action = actions.get(kind);
  if (!action) return { is: 'failed', error: 'Unknown action type' };
  try {
    return action.act(config, scene);
  } catch (error) {
    if (error instanceof Failure) return { is: 'failed', error: sentenceOf(error), code: error.code };
    throw error;
  }
}

/** What went wrong, with every problem in it. */
export function sentenceOf({ message, details = [] }: Failure): string {
  return [message, ...details.map(({ path, problem }) => `${path} ${problem}`)].join(' ').slice(0, 1_000);
}
