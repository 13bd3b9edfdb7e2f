import type { GetProfilesData } from '@multiwa/sdk';
import { type Status, statuses } from './states.ts';

export type Sort = NonNullable<NonNullable<GetProfilesData['query']>['sort']>;

export const sorts = [
  '-createdAt',
  'createdAt',
  'name',
  '-name',
  'status',
  '-status',
  '-statusSince',
  'statusSince',
] as const satisfies readonly Sort[];

/** What the address of the list says; what is not there does not narrow it. */
export interface ProfileFilter {
  status?: Status | undefined;
  q?: string | undefined;
  node?: string | undefined;
  label?: string | undefined;
  engine?: 'baileys' | 'sandbox' | undefined;
  sort?: Sort | undefined;
}

/** A filter from an address that anybody may have written. */
export function filterIn({ status, q, node, label, engine, sort }: Record<string, unknown>): ProfileFilter {
  const word = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number'
      ? String(value).slice(0, 200) || undefined
      : undefined;
  const filter: ProfileFilter = {
    status: statuses.find((each) => each === status),
    q: word(q),
    node: word(node),
    label: word(label),
    engine: engine === 'baileys' || engine === 'sandbox' ? engine : undefined,
    sort: sorts.find((each) => each === sort),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** Whether anything is left out. */
export const isNarrow = ({ status, q, node, label, engine }: ProfileFilter): boolean =>
  [status, q, node, label, engine].some((each) => each !== undefined);

export const profileTabs = ['connection', 'limits', 'history', 'queue', 'webhooks'] as const;
export type ProfileTab = (typeof profileTabs)[number];

/** Which tab of a profile an address says; the first one stands without saying. */
export function tabIn({ tab }: Record<string, unknown>): { tab?: ProfileTab } {
  const found = profileTabs.find((each) => each === tab && each !== 'connection');
  return found ? { tab: found } : {};
}
