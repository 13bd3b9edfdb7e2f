import type { GatewayEvent, Profile, ProfileCounts } from '@multiwa/sdk';
import type { InfiniteData } from '@tanstack/react-query';
import type { Status } from './states.ts';

type Change = Partial<Profile>;
export type ProfilePages = InfiniteData<{ profiles: Profile[]; next: string | undefined }>;

/** What a change of status says of a profile. It does not say when it is tried again: that is read. */
export function changeOf({ data, timestamp }: GatewayEvent<'connection.update'>, before: Profile): Change {
  const status = data.status as Status;
  return {
    status,
    statusReason: data.reason,
    statusReasonCode: data.reasonCode,
    statusReasonParams: data.reasonParams,
    ...(status !== before.status && { statusSince: timestamp, retryAt: null }),
    ...(status === 'connected' && status !== before.status && { lastConnectedAt: timestamp }),
    ...(data.sendingPausedUntil !== undefined && { sendingPausedUntil: data.sendingPausedUntil }),
    ...(data.sendingPaused !== undefined && { sendingPaused: data.sendingPaused }),
  };
}

/** Whose phone it is, from the moment it is connected. */
export function readyOf({ data: { phone, pushName } }: GatewayEvent<'connection.ready'>): Change {
  return { phone, phoneNumber: phone, pushName };
}

/** The pages with one profile changed; the very same ones when it is in none of them. */
export function withProfile(
  pages: ProfilePages,
  id: string,
  change: (before: Profile) => Change,
): ProfilePages {
  const at = pages.pages.findIndex(({ profiles }) => profiles.some((each) => each.id === id));
  if (at < 0) return pages;
  return {
    ...pages,
    pages: pages.pages.map((page, index) =>
      index === at
        ? {
            ...page,
            profiles: page.profiles.map((each) => (each.id === id ? { ...each, ...change(each) } : each)),
          }
        : page,
    ),
  };
}

/** The counts with one profile in another state. */
export function withMoved(counts: ProfileCounts, from: Status, to: Status): ProfileCounts {
  if (from === to) return counts;
  const { [from]: left = 0, [to]: there = 0 } = counts.byStatus as Partial<Record<Status, number>>;
  return { ...counts, byStatus: { ...counts.byStatus, [from]: Math.max(0, left - 1), [to]: there + 1 } };
}
