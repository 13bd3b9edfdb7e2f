import { getProfiles } from '@multiwa/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../session/index.ts';
import { network } from './network.ts';

/** The network tells pages nothing by itself, but what phones show; so it is looked at. */
const lookMs = 2_000;

export const phonesQuery = queryOptions({
  queryKey: ['sandbox', 'phones'],
  queryFn: network.phones,
  staleTime: 5_000,
});

export const groupsQuery = queryOptions({
  queryKey: ['sandbox', 'groups'],
  queryFn: network.groups,
  staleTime: 10_000,
});

/** Profiles that wait for a phone to scan their code, or to be typed it. */
export const waitingProfilesQuery = queryOptions({
  queryKey: ['profiles', 'waiting-for-phones'],
  queryFn: () => getProfiles({ client, query: { engine: 'sandbox', status: 'qr,pairing', limit: 50 } }),
  staleTime: 0,
});

export const faultKindsQuery = queryOptions({
  queryKey: ['sandbox', 'fault-kinds'],
  queryFn: network.faultKinds,
  staleTime: Number.POSITIVE_INFINITY,
});

export const faultsQuery = queryOptions({
  queryKey: ['sandbox', 'faults'],
  queryFn: network.faults,
  refetchInterval: lookMs,
});

export interface LedgerFilter {
  number?: string | undefined;
  messageId?: string | undefined;
}

export const ledgerQuery = ({ number, messageId }: LedgerFilter) =>
  queryOptions({
    queryKey: ['sandbox', 'ledger', { number, messageId }],
    queryFn: () => network.ledger({ ...(number && { number }), ...(messageId && { messageId }), limit: 500 }),
    refetchInterval: lookMs,
  });

export const findingsQuery = queryOptions({
  queryKey: ['sandbox', 'findings'],
  queryFn: () => network.findings(200),
  refetchInterval: lookMs,
});

export const findingKindsQuery = queryOptions({
  queryKey: ['sandbox', 'finding-kinds'],
  queryFn: network.findingKinds,
  staleTime: Number.POSITIVE_INFINITY,
});
