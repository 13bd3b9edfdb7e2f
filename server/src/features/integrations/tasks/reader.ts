import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { EventReader } from '../../../platform/feature.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import { inboxOf } from '../chatwoot/settings.ts';
import { integrationUpdated } from '../integrations.events.ts';
import { workChatwoot, workTypebot } from '../integrations.jobs.ts';
import type { EffectiveSettings, SwitchedOn } from '../settings/effective.ts';
import type { Kind } from '../settings/integrations.store.ts';
import type { NewTask, TaskStore } from './tasks.store.ts';

/** What an event means to an integration. */
interface Meant {
  kind: Kind;
  task: string;
  conversationId: string;
  payload: Record<string, unknown>;
}

const organizationsMax = 10_000;
/** People who answer by themselves, not a program. */
const byPeople = ['user', 'phone', 'chatwoot'];
const jobOf = { chatwoot: workChatwoot, typebot: workTypebot };

/** Turns events into tasks, each once: with the step of the cursor. */
export function createTaskReader(deps: {
  clock: Clock;
  jobs: JobQueue;
  tasks: TaskStore;
  effective: EffectiveSettings;
}): EventReader {
  /** What organisations have switched on. Each change of it is an event, which removes the organisation here. */
  const known = new Map<string, SwitchedOn>();

  /** `from`: the transaction of the caller, if it is in one. */
  async function learn(events: RecordedEvent[], from?: Tx): Promise<void> {
    if (known.size > organizationsMax) known.clear();
    for (const event of events)
      if (event.name === integrationUpdated.name) known.delete(event.organizationId);
    const missing = [...new Set(events.map((event) => event.organizationId))].filter((id) => !known.has(id));
    for (const [id, on] of await deps.effective.switchedOn(missing, from)) known.set(id, on);
  }

  function wanted(event: RecordedEvent): Meant[] {
    const { profileId } = event;
    const on = known.get(event.organizationId) ?? {};
    if (!profileId || (!on.chatwoot && !on.typebot)) return [];
    return meaningsOf(event).filter(({ kind }) =>
      kind === 'chatwoot'
        ? on.chatwoot !== undefined && inboxOf(on.chatwoot, profileId) !== undefined
        : on.typebot !== undefined && (on.typebot.profileIds?.includes(profileId) ?? true),
    );
  }

  return {
    name: 'integrations',
    async concerns(events) {
      await learn(events);
      return events.some((event) => wanted(event).length > 0);
    },
    passed: () => known.clear(),
    async read(events, tx) {
      await learn(events, tx);
      const now = deps.clock.now();
      const tasks: NewTask[] = events.flatMap((event) =>
        wanted(event).map(({ kind, task, conversationId, payload }) => ({
          ...{ organization_id: event.organizationId, kind, profile_id: event.profileId },
          ...{ lane: conversationId, task, payload, due_at: now, created_at: now },
        })),
      );
      await deps.tasks.add(tx, tasks);
      const lanes = new Map(tasks.map((task) => [`${task.kind} ${task.lane}`, task]));
      for (const { kind, organization_id: organizationId, lane } of lanes.values()) {
        await deps.jobs.enqueue(tx, jobOf[kind as Kind], { organizationId, lane });
      }
    },
  };
}

/** Messages are read again when their task is done: a task tells only which one. */
function meaningsOf({ id, name, occurredAt, body }: RecordedEvent): Meant[] {
  const { message, origin, change } = body as {
    message?: Record<string, unknown>;
    change?: Record<string, unknown>;
    origin?: { kind?: string } | null;
  };
  const messageId = String(message?.id ?? body.messageId ?? '');
  const conversationId = String(message?.conversationId ?? body.conversationId ?? '');
  if (messageId === '' || conversationId === '') return [];
  const meant = (kind: Kind, task: string, payload: Record<string, unknown> = {}): Meant => ({
    ...{ kind, task, conversationId },
    payload: { messageId, ...payload },
  });
  const isByPerson = byPeople.includes(origin?.kind ?? '');
  switch (name) {
    case 'message.received':
      return [meant('chatwoot', 'message'), meant('typebot', 'arrived', { at: occurredAt.toISOString() })];
    case 'message.media':
      return [meant('chatwoot', 'message'), meant('typebot', 'file')];
    case 'message.queued':
      return [
        ...(origin?.kind === 'chatwoot' ? [] : [meant('chatwoot', 'message')]),
        ...(isByPerson ? [meant('typebot', 'person')] : []),
      ];
    case 'message.sent':
      return body.source === 'phone' ? [meant('chatwoot', 'message'), meant('typebot', 'person')] : [];
    case 'message.delivered':
    case 'message.read':
      return [meant('chatwoot', 'status', { status: name.slice('message.'.length) })];
    case 'message.failed':
      return [meant('chatwoot', 'status', { status: 'failed', error: body.error })];
    case 'message.edited':
      return [meant('chatwoot', 'edited', { eventId: id })];
    case 'message.reaction': {
      const { emoji, fromMe } = (change?.reaction ?? {}) as { emoji?: string; fromMe?: boolean };
      return [meant('chatwoot', 'reaction', { eventId: id, emoji, fromMe })];
    }
    case 'message.revoked':
      return [meant('chatwoot', 'revoked')];
    case 'message.poll_vote':
      return [meant('typebot', 'vote')];
    default:
      return [];
  }
}
