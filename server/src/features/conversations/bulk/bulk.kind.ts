import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import { type BulkAct, type BulkKind, defineBulkKind } from '../../bulk-acts/index.ts';
import { conversationsChanged } from '../conversations.events.ts';
import { assigned, labelled } from '../conversations.service.ts';
import type { ConversationStore } from '../conversations.store.ts';
import type { ConversationRow } from '../conversations.tables.ts';
import { futureMoment } from '../future-moment.ts';
import type { Inbox } from '../inbox/inbox.service.ts';
import type { LabelStore } from '../inbox/labels.store.ts';
import type { SetStates } from '../states/set-states.ts';
import {
  type ConversationAct,
  ConversationBulk,
  ConversationBulkOrder,
  type ConversationOrder,
} from './bulk.schema.ts';

interface Hands {
  states: SetStates;
  inbox: Inbox;
}

/** Does it to one that is locked; answers whether it was news. */
type Deed = (
  hands: Hands,
  of: { tx: Tx; actor: Actor; row: ConversationRow; about: BulkAct['about'] },
) => Promise<boolean>;

/** What can be done to many conversations: the deeds that are done to one. */
export function createConversationBulk(deps: {
  clock: Clock;
  store: Pick<ConversationStore, 'chosen'>;
  labels: Pick<LabelStore, 'ofConversation'>;
  handsOn(tx: Tx): Hands;
}): BulkKind {
  const archive =
    (archived: boolean): Deed =>
    async ({ states }, { actor, row }) => {
      await states.archive(actor, row.id, archived);
      return row.is_archived !== archived;
    };
  const setStatus =
    (status: 'open' | 'closed'): Deed =>
    async ({ inbox }, { actor, row }) => {
      await inbox.setStatus(actor, row.id, status, null);
      return row.status !== status;
    };
  const label =
    (isOn: boolean): Deed =>
    async ({ inbox }, { tx, actor, row, about }) => {
      const named = about.labelIds as string[];
      const before = (await deps.labels.ofConversation(tx, row.id)).map(({ id }) => id);
      const after = isOn ? [...new Set([...before, ...named])] : before.filter((id) => !named.includes(id));
      if (after.length === before.length) return false;
      await inbox.label(actor, row.id, after);
      return true;
    };

  const deeds: Record<ConversationAct, Deed> = {
    archive: archive(true),
    unarchive: archive(false),
    async read({ states }, { actor, row }) {
      await states.read(actor, row.id);
      return row.unread_count > 0 || row.is_marked_unread;
    },
    async unread({ states }, { actor, row }) {
      await states.unread(actor, row.id);
      return !row.is_marked_unread;
    },
    async mute({ states }, { actor, row, about }) {
      const until = typeof about.until === 'string' ? new Date(about.until) : undefined;
      const after = await states.mute(actor, row.id, { muted: true, until });
      return !row.is_muted || after.muted_until?.getTime() !== row.muted_until?.getTime();
    },
    async unmute({ states }, { actor, row }) {
      await states.mute(actor, row.id, { muted: false, until: undefined });
      return row.is_muted;
    },
    close: setStatus('closed'),
    open: setStatus('open'),
    async assign({ inbox }, { actor, row, about }) {
      const userId = (about.userId as string | null) ?? null;
      await inbox.assign(actor, row.id, userId);
      return row.assigned_user_id !== userId;
    },
    'add-labels': label(true),
    'remove-labels': label(false),
  };

  /** @throws Failure VALIDATION_ERROR */
  function aboutOf({ act, userId, labelIds, until }: ConversationOrder): BulkAct['about'] {
    if (act === 'assign') {
      if (userId === undefined) throw wrong('/userId', 'is needed: a member, or null');
      if (userId !== null && !isUuid(userId)) throw wrong('/userId', 'must be the id of a member');
      return { userId: userId?.toLowerCase() ?? null };
    }
    if (act === 'add-labels' || act === 'remove-labels') {
      if (!labelIds) throw wrong('/labelIds', 'is needed');
      return { labelIds: [...new Set(labelIds.map((id) => id.toLowerCase()))] };
    }
    const moment = act === 'mute' ? futureMoment(given(until), '/until', deps.clock) : undefined;
    return moment ? { until: moment.toISOString() } : {};
  }

  return defineBulkKind({
    ...{ name: 'conversation', path: '/conversations', tag: 'Conversations', access: 'message:send' },
    ...{ order: ConversationBulkOrder, answer: ConversationBulk, event: conversationsChanged },
    summary: 'Act in many conversations at once: archive, read, mute, close, give, label them.',
    description: 'Each is changed as the route for one changes it, on the phone too.',
    refusals: [],
    permissionOf: (act) => (act === 'assign' ? 'conversation:assign' : 'message:send'),

    async read(actor, order) {
      const about = aboutOf(order);
      if (order.ids) {
        const ids = await deps.store.chosen(actor, { ids: order.ids.filter(isUuid) });
        return { profileId: null, about, ids };
      }
      const { assignee, profileIds, search, label, ...rest } = order.filter ?? {};
      const known = profileIds?.filter(isUuid).map((id) => id.toLowerCase());
      const filter = {
        ...{ ...rest, label, search: given(search?.trim()), ...(known && { profileIds: known }) },
        ...{ ...assigned(actor, assignee), ...labelled(label) },
      };
      return { profileId: null, about, ids: await deps.store.chosen(actor, { filter }) };
    },

    atOnce: () => 1,

    async act(tx, actor, { act, about }, [id = '']) {
      const hands = deps.handsOn(tx);
      const isNews = await hands.states.withConversation(actor, id, (within, row) =>
        deeds[act as ConversationAct](hands, { tx: within, actor, row, about }),
      );
      return [{ id, is: isNews ? 'changed' : 'unchanged' }];
    },
  });
}

const wrong = (path: string, problem: string) =>
  new Failure('VALIDATION_ERROR', { details: [{ path, problem }] });
