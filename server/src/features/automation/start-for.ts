import { parseChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import type { CountedRow } from './automation.store.ts';
import { lifeMsOf } from './program/life.ts';
import { type ChatStore, isSilent, isWithPerson } from './run/chats.store.ts';
import type { RunStore } from './run/runs.store.ts';
import { dayIn } from './run/zone.ts';

/** Starts automations for people whom a request or a hook names; their limits count, their conditions do not. */
export function createStartFor(deps: {
  clock: Clock;
  runs: Pick<RunStore, 'program' | 'start'>;
  chats: Pick<ChatStore, 'around'>;
  zoneOf(organizationId: string): Promise<string | undefined>;
  countryOf(of: { organizationId: string; profileId: string }): Promise<string>;
  poke(): void;
}) {
  const { clock, runs, chats } = deps;

  /** All that can be asked before the transaction. @throws Failure AUTOMATION_OFF, INVALID_RECIPIENT */
  async function prepare(row: CountedRow, order: { to: string; variables: Record<string, unknown> }) {
    if (!row.is_active) throw new Failure('AUTOMATION_OFF');
    const chat = parseChatId(
      order.to,
      await deps.countryOf({ organizationId: row.organization_id, profileId: row.profile_id }),
    );
    const program = await runs.program(row.id, row.version);
    const node = program?.triggers.find(({ start }) => start !== null)?.start;
    if (!program || !node) throw new Failure('AUTOMATION_OFF');
    const values = Object.entries(order.variables).slice(0, variablesMax);
    const vars = values.map(([name, value]) => [
      name,
      wordsOf(value).slice(0, valueLengthMax).toWellFormed(),
    ]);
    const day = dayIn(clock.now(), await deps.zoneOf(row.organization_id));
    return { row, chat, program, node, day, vars: Object.fromEntries(vars) as Record<string, string> };
  }

  return {
    prepare,

    /** Answers the run, or undefined when a limit is reached or a person answers in that chat. */
    async start(tx: Tx, order: Awaited<ReturnType<typeof prepare>>): Promise<string | undefined> {
      const { row, chat, program, node, day, vars } = order;
      const now = clock.now();
      const isGroup = chat.endsWith('@g.us');
      const around = await chats.around(tx, {
        ...{ profileId: row.profile_id, chats: [chat], conversationId: null, phone: null, lid: null },
        ...{ isGroup, message: null },
      });
      const isFlow = program.kind === 'flow';
      const isHeld =
        isSilent(around.chat, now) ||
        (program.settings.pauseOnHumanReply !== false && isWithPerson(around.chat, now)) ||
        (isFlow && around.hasFlow && program.settings.onBusy !== 'queue');
      if (isHeld) return undefined;
      const arrival = {
        ...{ messageId: '', waMessageId: '', conversationId: '', senderName: null, text: '', type: 'text' },
        ...{ senderJid: isGroup ? null : chat, hasMedia: false, isGroup, timestamp: now.toISOString() },
      };
      const run = {
        ...{ organizationId: row.organization_id, profileId: row.profile_id, chat, who: chat, node, now },
        ...{
          isExclusive: isFlow,
          version: row.version,
          vars,
          originEvent: newId(),
          lifeMs: lifeMsOf(program),
        },
        trigger: { ...arrival, isNew: false },
      };
      const limits = { automationId: row.id, cooldownSecs: row.cooldown_secs, day };
      const runId = await runs.start(tx, run, limits);
      if (runId) afterCommit(tx, deps.poke);
      return runId;
    },
  };
}

export type StartFor = ReturnType<typeof createStartFor>;

const variablesMax = 100;
const valueLengthMax = 4_096;

function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
