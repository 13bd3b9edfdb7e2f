import { problemOfHeader } from '../../../platform/custom-headers.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { Call } from '../actions/action.ts';
import type { AskedFor, Assistant, Question } from '../assistant.ts';
import type { RunRow } from '../automation.tables.ts';
import { doneExit } from '../program/program.ts';
import type { StepHeaders } from '../step-headers.ts';
import { askModel, type Told } from './ask-model.ts';
import { makeCall, toldBy } from './call.ts';
import type { RunState, RunTrigger } from './state.ts';

/** What is asked between two transactions: another program, or the language model. */
export type Outside = Call | Question;

/** Asks, with the key of `of` each time. `config` is that of the node. */
export type AskOutside = (of: AskedFor, what: Outside, config: Json) => Promise<Told>;

export function createOutside(deps: {
  outbound: Pick<Outbound, 'request'>;
  assistant: Assistant;
  stepHeaders: Pick<StepHeaders, 'open'>;
}): AskOutside {
  /** A header that a version before them kept and nobody could send is left out, as it was then. */
  function headersFor(automationId: string | null, stored: unknown): Record<string, string> {
    const headers = deps.stepHeaders.open(automationId ?? undefined, stored) ?? {};
    return Object.fromEntries(
      Object.entries(headers).filter(([name, value]) => problemOfHeader(name, value) === undefined),
    );
  }

  return async (of, what, config) => {
    if ('ask' in what) return askModel(deps.assistant, of, what, config);
    const headers = { ...headersFor(of.automationId, what.storedHeaders), ...what.headers };
    return toldBy(await makeCall(deps.outbound, { ...what, headers }, of.key), what, config);
  };
}

/** On whose behalf a run asks: the same key for the same step. */
export function askedFor(run: RunRow): AskedFor {
  const state = run.state as unknown as RunState;
  const { messageId, conversationId, timestamp, mentionsUs } =
    state.answer ?? (run.trigger as unknown as RunTrigger);
  return {
    ...{ organizationId: run.organization_id, profileId: run.profile_id, chat: run.chat },
    ...{ conversationId: conversationId || null, messageId: messageId || null },
    ...{ automationId: run.automation_id, key: `${run.id}-${run.steps}` },
    ...{ saidAt: messageId ? new Date(timestamp) : null, mentionsUs: mentionsUs === true },
  };
}

/** What is told where nothing is asked: an automation is tried. */
export function placeholder(what: Outside): Told {
  const told = { effects: [], exit: doneExit, vars: {}, data: {} };
  if (!('ask' in what)) return { ...told, vars: { 'webhook.status': '200' } };
  if (what.ask === 'classify') return { ...told, exit: 'else', vars: { 'ai.label': '' } };
  if (what.ask === 'extract') return told;
  if (what.ask === 'sentiment') return { ...told, vars: { 'ai.sentiment': 'neutral', 'ai.score': '1.00' } };
  const text = '…';
  return {
    ...told,
    effects: [{ do: 'send', type: 'text', fields: { text } }],
    vars: { 'ai.action': 'answer' },
  };
}
