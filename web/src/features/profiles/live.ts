import type { GatewayEvent, Profile, ProfileCounts, QrCode } from '@multiwa/sdk';
import type { QueryClient } from '@tanstack/react-query';
import { defineLive } from '../../live/index.ts';
import { changeOf, type ProfilePages, readyOf, withMoved, withProfile } from './changes.ts';
import type { ProfileFilter } from './filter.ts';
import { profileQuery, qrQuery, waitingForScanQuery } from './queries.ts';
import { soon } from './soon.ts';
import type { Status } from './states.ts';

const listKey = ['profiles', 'list'];
const countsKey = ['profiles', 'counts'];

/** Changes a profile wherever it is shown; answers it as it was, if it is shown at all. */
function edit(
  cache: QueryClient,
  id: string,
  change: (before: Profile) => Partial<Profile>,
): Profile | undefined {
  let before: Profile | undefined;
  const look = (profile: Profile) => {
    before ??= profile;
    return change(profile);
  };
  cache.setQueryData(profileQuery(id).queryKey, (one) => one && { ...one, ...look(one) });
  cache.setQueriesData<ProfilePages>({ queryKey: listKey }, (pages) => pages && withProfile(pages, id, look));
  return before;
}

/** Which rows a list has is the server's to say; ours are changed where they stand until it has. */
function readLists(cache: QueryClient, isKnown: boolean): void {
  for (const query of cache.getQueryCache().findAll({ queryKey: listKey, type: 'active' })) {
    const { status } = query.queryKey[2] as ProfileFilter;
    if (!isKnown || status !== undefined) soon(cache, query.queryKey, 1_500);
  }
}

/** The queue of a profile, while somebody looks at it. */
const queueMoved = ({ profileId }: GatewayEvent, cache: QueryClient): void => {
  if (profileId) soon(cache, ['profiles', 'queue', profileId], 700);
};

export const live = defineLive({
  'connection.update': (event, cache) => {
    const { profileId, status } = event.data;
    const before = edit(cache, profileId, (profile) => changeOf(event, profile));
    if (before) {
      cache.setQueriesData<ProfileCounts>(
        { queryKey: countsKey },
        (counts) => counts?.byStatus && withMoved(counts, before.status, status as Status),
      );
    }
    soon(cache, countsKey, before ? 3_000 : 700);
    readLists(cache, before !== undefined);
    soon(cache, profileQuery(profileId).queryKey, 500);
    soon(cache, waitingForScanQuery.queryKey, 300);
    soon(cache, ['profiles', 'states', profileId], 500);
    soon(cache, ['profiles', 'queue', profileId], 700);
    if (status !== 'qr')
      cache.setQueryData(qrQuery(profileId).queryKey, (code) => code && { ...code, qr: null, text: null });
  },
  'connection.ready': (event, cache) => {
    edit(cache, event.data.profileId, () => readyOf(event));
  },
  'connection.qr': ({ data: { profileId, qr, text, expiresAt } }, cache) => {
    cache.setQueryData(qrQuery(profileId).queryKey, { qr, text, expiresAt, status: 'qr' } satisfies QrCode);
  },
  'profile.history': ({ data: { profileId, ...history } }, cache) => {
    edit(cache, profileId, () => ({ history }));
  },
  'profile.picture': ({ data: { profileId } }, cache) => soon(cache, profileQuery(profileId).queryKey, 500),
  'profile.restricted': ({ data: { profileId } }, cache) =>
    soon(cache, profileQuery(profileId).queryKey, 500),
  'message.queued': queueMoved,
  'message.sent': queueMoved,
  'message.failed': queueMoved,
  'message.cancelled': queueMoved,
});
