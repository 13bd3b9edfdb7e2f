import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../platform/events/define.ts';
import type { MailQueue } from '../../platform/mail.ts';
import type { Permission } from '../../platform/permissions.ts';
import { isEverywhere, reaches, reachOf } from '../../platform/reach.ts';
import { rightsOf } from '../access/index.ts';
import { type MemberRow, membersAndProfiles, type ProfileRow } from './members.store.ts';
import { type Choices, choicesOf } from './preferences.ts';

export interface Member {
  readonly id: string;
  readonly actor: Actor;
  readonly choices: Choices;
  readonly hasPush: boolean;
  /** Whether letters can be sent: a mail server may be set for the organisation alone. */
  readonly hasMail: boolean;
}

export interface Audience {
  /** Looks up who is needed for these events, unless it was looked up a moment ago. */
  learn(events: readonly RecordedEvent[]): Promise<void>;
  /** The members who may read what happened at the place of the event; all without a permission. Only of what was learnt. */
  of(event: RecordedEvent, permission: Permission | undefined): Member[];
  nameOfProfile(id: string | null): string;
  forget(organizationId?: string): void;
}

/** Other nodes change members, roles and preferences; under load one look-up a second is enough. */
const rememberedMs = 800;
const rememberedMax = 2_000;

/** Who is to be told of events: members and profiles, remembered for a second. */
export function createAudience(deps: {
  db: Db;
  clock: Clock;
  mail: Pick<MailQueue, 'isConfiguredFor'>;
}): Audience {
  const { db, clock, mail } = deps;
  const members = new Map<string, { list: Member[]; untilMs: number }>();
  const profiles = new Map<string, { row: ProfileRow; untilMs: number }>();
  const isOld = (known: { untilMs: number } | undefined) => !known || known.untilMs <= clock.now().getTime();
  /** Counts changes: what was read before one must not be remembered after it. */
  let changes = 0;

  return {
    async learn(events) {
      const organizationIds = [...new Set(events.map((event) => event.organizationId))].filter((id) =>
        isOld(members.get(id)),
      );
      const profileIds = [...new Set(events.map((event) => event.profileId))].filter(
        (id) => id !== null && isOld(profiles.get(id)),
      ) as string[];
      if (organizationIds.length + profileIds.length === 0) return;
      if (members.size > rememberedMax) members.clear();
      if (profiles.size > rememberedMax) profiles.clear();
      const before = changes;
      const askedMs = clock.now().getTime();
      const [found, haveMail] = await Promise.all([
        membersAndProfiles(db, organizationIds, profileIds),
        Promise.all(organizationIds.map((id) => mail.isConfiguredFor(id))),
      ]);
      const untilMs = before === changes ? askedMs + rememberedMs : askedMs;
      const byOrganization = Map.groupBy(found.members, (row) => row.organization_id);
      for (const [index, id] of organizationIds.entries()) {
        const hasMail = haveMail[index] === true;
        const list = (byOrganization.get(id) ?? []).map((row) => memberOf(row, hasMail));
        members.set(id, { list, untilMs });
      }
      for (const row of found.profiles) profiles.set(row.id, { row, untilMs });
    },

    of({ organizationId, profileId }, permission) {
      const profile = profileId === null ? undefined : profiles.get(profileId)?.row;
      // Deleted meanwhile, and its events with it.
      if (profileId !== null && !profile) return [];
      const everybody = members.get(organizationId)?.list ?? [];
      if (!permission) return everybody;
      return everybody.filter(({ actor }) => {
        const reach = reachOf(actor, permission);
        if (!reach || isEverywhere(reach)) return reach !== undefined;
        return profile !== undefined && reaches(reach, { id: profile.id, workspaceId: profile.workspace_id });
      });
    },

    nameOfProfile: (id) => profiles.get(id ?? '')?.row.display_name || 'A profile',

    forget(organizationId) {
      changes += 1;
      if (organizationId === undefined) members.clear();
      else members.delete(organizationId);
    },
  };
}

function memberOf(row: MemberRow, hasMail: boolean): Member {
  const { id, organization_id: organizationId, role } = row;
  const actor: Actor = { kind: 'user', userId: id, organizationId, role, ...rightsOf(row) };
  return { id, actor, choices: choicesOf(row.preferences), hasPush: row.has_push, hasMail };
}
