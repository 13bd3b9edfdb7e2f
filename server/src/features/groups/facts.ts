import type { Person } from '../../engines/port.ts';
import { lidChat, phoneChat } from '../../platform/chat-id.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import * as events from './groups.events.ts';
import type { MemberRow } from './members.store.ts';
import type { GroupRow } from './whole.store.ts';

/** An event about to be recorded. */
export interface Fact {
  definition: Pick<EventDefinition, 'name'>;
  organizationId: string;
  profileId: string;
  body: Record<string, unknown>;
}

/** People in one event; of more there are several. */
const peopleMax = 500;

/** The public form of a person, by phone number where it is known. */
export function personJid({ phone, lid }: { phone: string | null; lid: string | null }): string | null {
  if (phone) return phoneChat(phone);
  return lid ? lidChat(lid) : null;
}

/** What clients call what is stored. */
const publicNames = {
  subject: 'name',
  description: 'description',
  only_admins_write: 'announcement',
  only_admins_edit: 'locked',
  everybody_adds: 'memberAddMode',
  admins_approve: 'joinApproval',
  expiration: 'expirationSeconds',
} as const satisfies Partial<Record<keyof GroupRow, string>>;

type Setting = keyof typeof publicNames;
const settingColumns = Object.keys(publicNames) as Setting[];

export const addMode = (everybody: boolean) => (everybody ? 'all' : 'admins');

/** The settings that differ, under their public names. */
export function settingsChanged(before: GroupRow, after: Pick<GroupRow, Setting>): Record<string, unknown> {
  const changed = settingColumns.filter((name) => before[name] !== after[name]);
  return Object.fromEntries(
    changed.map((name) => [
      publicNames[name],
      name === 'everybody_adds' ? addMode(after.everybody_adds) : after[name],
    ]),
  );
}

/** Makes the events about one group, as it is after the change. */
export function factsOf(
  group: Pick<GroupRow, 'organization_id' | 'profile_id' | 'chat' | 'subject'>,
  { by, at }: { by?: Person | undefined; at: Date },
) {
  const about = {
    profileId: group.profile_id,
    groupId: group.chat,
    name: group.subject,
    by: by?.phone ?? by?.lid ?? null,
    timestamp: at.toISOString(),
  };
  const fact = (definition: Fact['definition'], body: Record<string, unknown>): Fact => ({
    definition,
    organizationId: group.organization_id,
    profileId: group.profile_id,
    body: { ...about, ...body },
  });
  return {
    joined: (how: string, participantsCount: number) => fact(events.groupJoined, { how, participantsCount }),
    left: (how: string) => fact(events.groupLeft, { how }),
    updated: (changes: Record<string, unknown>): Fact[] =>
      Object.keys(changes).length > 0 ? [fact(events.groupUpdated, { changes })] : [],
    requests: (people: readonly Person[], open: boolean) =>
      fact(events.groupRequests, {
        open,
        participants: people.slice(0, peopleMax).flatMap(({ phone, lid }) => phone ?? lid ?? []),
      }),
    members(
      action: 'added' | 'removed' | 'promoted' | 'demoted',
      rows: readonly MemberRow[],
      participantsCount: number,
    ): Fact[] {
      const people = rows.flatMap((row) => personJid(row) ?? []);
      const parts = Math.ceil(people.length / peopleMax);
      return Array.from({ length: parts }, (_, n) =>
        fact(events.groupMembersChanged, {
          action,
          participants: people.slice(n * peopleMax, (n + 1) * peopleMax),
          participantsCount,
        }),
      );
    },
  };
}
