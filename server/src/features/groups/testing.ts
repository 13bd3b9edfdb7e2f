import { expect } from 'vitest';
import type { Client } from '../../../test/client.ts';
import type { Sandbox } from '../../../test/sandbox.ts';
import { until } from '../../../test/until.ts';

/** A group as the network itself has it. */
export interface NetworkGroup {
  jid: string;
  subject: string;
  description: string | null;
  creator: string;
  createdAt: number;
  announcement: boolean;
  locked: boolean;
  ephemeral: number;
  everybodyAdds: boolean;
  approval: boolean;
  invite: string;
  members: { number: string; role: string }[];
  requests: { number: string }[];
}

/** Asks the network's own API. */
export async function network<T>({ url }: Sandbox, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}/api${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** The address of a person by their number. */
export const jid = (number: string) => `${number}@c.us`;

export const groupAtNetwork = (sandbox: Sandbox, jid: string): Promise<NetworkGroup> =>
  network(sandbox, 'GET', `/groups/${jid}`);

/** A group as our API shows it. */
interface ShownGroup {
  id: string;
  name: string;
  description: string | null;
  owner: string | null;
  createdAt: string;
  announcement: boolean;
  locked: boolean;
  memberAddMode: string;
  joinApproval: boolean;
  expirationSeconds: number;
  role: string | null;
  participantsCount: number;
  participants: { id: string; phone: string | null; role: string }[];
}

/** An event about a group, with what some of them have. */
interface GroupEvent {
  event: string;
  data: {
    profileId: string;
    groupId: string;
    by: string | null;
    how: string;
    action: string;
    open: boolean;
    participants: string[];
    participantsCount: number;
    changes: Record<string, unknown>;
  };
}

/** What we say of a group, in the network's words. */
function inWordsOfTheNetwork(group: ShownGroup) {
  return {
    jid: group.id,
    subject: group.name,
    description: group.description,
    creator: group.owner?.replace('@c.us', ''),
    createdAt: Date.parse(group.createdAt) / 1000,
    announcement: group.announcement,
    locked: group.locked,
    ephemeral: group.expirationSeconds,
    everybodyAdds: group.memberAddMode === 'all',
    approval: group.joinApproval,
    members: group.participants.map(({ phone, role }) => `${phone} ${role}`).toSorted(),
  };
}

/** Waits until what we say of a group is what the network has, whoever changed it; answers what we say. */
export async function agreesWithNetwork(
  key: Client,
  sandbox: Sandbox,
  profileId: string,
  jid: string,
): Promise<ShownGroup> {
  let ours: ShownGroup | undefined;
  const look = async () => {
    const { invite: _, requests: __, members, ...group } = await groupAtNetwork(sandbox, jid);
    const theirs = { ...group, members: members.map(({ number, role }) => `${number} ${role}`).toSorted() };
    ours = (await key.call('GET', `/groups/${jid}?profileId=${profileId}`)).data;
    const said = ours?.participants ? inWordsOfTheNetwork(ours) : undefined;
    const { addressingMode: ___, ...known } = theirs as typeof theirs & { addressingMode?: string };
    return { said, known };
  };
  await until('our state to be the network’s', async () => {
    const { said, known } = await look();
    return JSON.stringify(sorted(said)) === JSON.stringify(sorted(known));
  }).catch(async () => {
    const { said, known } = await look();
    expect(said).toEqual(known);
  });
  if (!ours) throw new Error('no group was answered');
  expect(ours.participantsCount).toBe(ours.participants.length);
  return ours;
}

const sorted = (value: object | undefined) =>
  value && Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b));

/** The events of one group, in order. */
export async function eventsOf(key: Client, groupId: string, name = 'group.*'): Promise<GroupEvent[]> {
  const all: GroupEvent[] = [];
  for (let after: string | number = 0; ; ) {
    const { events, cursor }: { events: GroupEvent[]; cursor: string } = await key.get(
      `/events?after=${after}&limit=200&event=${name}`,
    );
    all.push(...events);
    if (events.length < 200) break;
    after = cursor;
  }
  return all.filter(({ data }) => data.groupId === groupId);
}
