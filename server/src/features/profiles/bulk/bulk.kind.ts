import type { Actor } from '../../../platform/actor.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import type { Permission } from '../../../platform/permissions.ts';
import { type BulkAct, type BulkKind, defineBulkKind } from '../../bulk-acts/index.ts';
import { labelsOf } from '../profile-changes.ts';
import { filterOf } from '../profile-list.ts';
import { profilesChanged } from '../profiles.events.ts';
import { labelsMax } from '../profiles.schema.ts';
import type { ProfileService } from '../profiles.service.ts';
import type { ProfileRow } from '../profiles.store.ts';
import type { ProfilesSeen } from '../profiles-seen.ts';
import {
  limitNames,
  type ProfileAct,
  ProfileBulk,
  ProfileBulkOrder,
  type ProfileOrder,
} from './bulk.schema.ts';

/** Does it to one; answers whether it was news. */
type Deed = (
  service: ProfileService,
  of: { actor: Actor; row: ProfileRow; about: BulkAct['about'] },
) => Promise<boolean>;

const permissions: Readonly<Record<string, Permission>> = {
  ...{ connect: 'profile:connect', disconnect: 'profile:connect', delete: 'profile:delete' },
};

/** Statuses in which one that is to be connected is, or will be. */
const onItsWay: readonly string[] = ['connected', 'connecting', 'qr', 'pairing', 'reconnecting'];

const hold =
  (sendingPaused: boolean): Deed =>
  async (service, { actor, row }) => {
    if (row.sending_held === sendingPaused) return false;
    await service.update(actor, row.id, { sendingPaused });
    return true;
  };

const label =
  (isOn: boolean): Deed =>
  async (service, { actor, row, about }) => {
    const named = about.labels as string[];
    const { labels: before } = row;
    const labels = isOn ? labelsOf([...before, ...named]) : before.filter((one) => !named.includes(one));
    if (labels.length === before.length) return false;
    if (labels.length > labelsMax) throw wrong('/labels', `must not become more than ${labelsMax}`);
    await service.update(actor, row.id, { labels });
    return true;
  };

const deeds: Record<ProfileAct, Deed> = {
  async connect(service, { actor, row }) {
    await service.connect(actor, row.id);
    return !row.wanted || !onItsWay.includes(row.status);
  },
  async disconnect(service, { actor, row }) {
    if (!row.wanted) return false;
    await service.disconnect(actor, row.id, false);
    return true;
  },
  'pause-sending': hold(true),
  'resume-sending': hold(false),
  'add-labels': label(true),
  'remove-labels': label(false),
  async 'set-limits'(service, { actor, row, about }) {
    const after = await service.update(actor, row.id, about);
    return (
      after.message_delay_ms !== row.message_delay_ms ||
      after.message_delay_jitter_ms !== row.message_delay_jitter_ms ||
      after.daily_message_limit !== row.daily_message_limit
    );
  },
  async delete(service, { actor, row }) {
    await service.removeUnlinked(actor, row.id);
    return true;
  },
};

/** What can be done to many profiles: the deeds that are done to one. */
export function createProfileBulk(deps: {
  seen: Pick<ProfilesSeen, 'chosen'>;
  service: Pick<ProfileService, 'unlink'>;
  handsOn(tx: Tx): ProfileService;
}): BulkKind {
  return defineBulkKind({
    ...{ name: 'profile', path: '/profiles', tag: 'Profiles', access: 'profile:update' },
    ...{ order: ProfileBulkOrder, answer: ProfileBulk, event: profilesChanged },
    summary: 'Act on many profiles at once: connect, disconnect, pause, label, limit or delete them.',
    description: 'Each is changed as the route for one changes it.',
    refusals: ['WORKSPACE_NOT_FOUND'],
    permissionOf: (act) => permissions[act] ?? 'profile:update',

    async read(actor, order) {
      const about = aboutOf(order);
      const which = order.ids
        ? { ids: order.ids.filter(isUuid) }
        : { filter: filterOf({ ...order.filter } as Parameters<typeof filterOf>[0]) };
      return { profileId: null, about, ids: await deps.seen.chosen(actor, which) };
    },

    atOnce: () => 1,

    async ahead(actor, { act }, id) {
      if (act === 'delete') await deps.service.unlink(actor, id);
    },

    async act(tx, actor, { act, about }, [id = '']) {
      const service = deps.handsOn(tx);
      const row = await service.rowOf(actor, id);
      const isNews = await deeds[act as ProfileAct](service, { actor, row, about });
      return [{ id, is: isNews ? 'changed' : 'unchanged' }];
    },
  });
}

/** @throws Failure VALIDATION_ERROR */
function aboutOf({ act, labels, ...order }: ProfileOrder): BulkAct['about'] {
  if (act === 'add-labels' || act === 'remove-labels') {
    if (!labels || labels.length === 0) throw wrong('/labels', 'must name at least one label');
    return { labels: labelsOf(labels) };
  }
  if (act !== 'set-limits') return {};
  const named = limitNames.filter((name) => order[name] !== undefined);
  if (named.length === 0) throw wrong('/messageDelayMs', `is needed, or another of ${limitNames.join(', ')}`);
  return Object.fromEntries(named.map((name) => [name, order[name]]));
}

const wrong = (path: string, problem: string) =>
  new Failure('VALIDATION_ERROR', { details: [{ path, problem }] });
