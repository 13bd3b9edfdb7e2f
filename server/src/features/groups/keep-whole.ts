import type { GroupInfo, Person } from '../../engines/port.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { compareMembers, digitsOf, hashOf, type MemberChanges } from './compare-members.ts';
import { type Fact, factsOf, settingsChanged } from './facts.ts';
import { membersOf, writeMembers } from './members.store.ts';
import { accountOf, confirmGroups, type GroupRow, lockGroups, writeGroups } from './whole.store.ts';

export interface Whose {
  organizationId: string;
  profileId: string;
}

/** How groups come to be stored. */
interface How {
  now: Date;
  by?: Person | undefined;
  /** How we came into those that are new; without it we do not know. */
  entered?: 'created' | 'added' | 'joined' | undefined;
  /** The groups of a profile are seen for the first time: nothing of them is news. */
  isFirst?: boolean;
}

const none: MemberChanges = { joined: [], left: [], promoted: [], demoted: [], changed: [] };

/**
 * Stores groups as WhatsApp tells them, whole, and answers what is news of them. Those that are as they were cost one
 * statement together.
 */
export async function keepWhole(tx: Tx, whose: Whose, told: readonly GroupInfo[], how: How): Promise<Fact[]> {
  const groups = [...new Map(told.map((group) => [group.chat, group])).values()];
  if (groups.length === 0) return [];
  const account = await accountOf(tx, whose.profileId);
  const before = new Map(
    (
      await lockGroups(
        tx,
        whose.profileId,
        groups.map(({ chat }) => chat),
      )
    ).map((row) => [row.chat, row]),
  );
  const all = groups.map((group) => {
    const old = before.get(group.chat);
    return { group, old, row: rowOf(whose, group, old, account, how.now) };
  });
  const news = all.filter(({ old, row }) => !old || isDifferent(old, row));
  await confirmGroups(
    tx,
    all.flatMap(({ old, row }) => (old && !isDifferent(old, row) ? [row.id] : [])),
    how.now,
  );
  if (news.length === 0) return [];
  await writeGroups(
    tx,
    news.map(({ row }) => row),
  );
  const moved = news.filter(({ old, row }) => !old?.members_hash?.equals(row.members_hash as Buffer));
  const rows =
    moved.length > 0
      ? await membersOf(
          tx,
          moved.map(({ row }) => row.id),
        )
      : [];
  const byGroup = Map.groupBy(rows, ({ group_id }) => group_id);
  const changes = new Map(
    moved.map(({ group, row }) => [
      row.id,
      compareMembers({ id: row.id, ...whose }, byGroup.get(row.id) ?? [], group.members ?? []),
    ]),
  );
  const allChanges = [...changes.values()];
  await writeMembers(tx, {
    joined: allChanges.flatMap(({ joined }) => joined),
    left: allChanges.flatMap(({ left }) => left),
    changed: allChanges.flatMap(({ changed }) => changed),
  });
  if (how.isFirst) return [];
  return news.flatMap(({ old, row }) => newsOf(old, row, changes.get(row.id) ?? none, how));
}

function newsOf(old: GroupRow | undefined, row: GroupRow, changes: MemberChanges, how: How): Fact[] {
  const facts = factsOf(row, { by: how.by, at: how.now });
  if (!old || old.left_at) return [facts.joined(how.entered ?? 'found', row.member_count)];
  const { joined, left, promoted, demoted } = changes;
  return [
    ...facts.updated(settingsChanged(old, row)),
    ...facts.members('added', joined, row.member_count),
    ...facts.members('removed', left, row.member_count),
    ...facts.members('promoted', promoted, row.member_count),
    ...facts.members('demoted', demoted, row.member_count),
  ];
}

function rowOf(
  whose: Whose,
  group: GroupInfo,
  old: GroupRow | undefined,
  account: { phone: string | null; lid: string | null } | undefined,
  now: Date,
): GroupRow {
  const members = group.members ?? [];
  const owner = group.owner ? digitsOf(group.owner) : undefined;
  return {
    id: old?.id ?? newId(),
    profile_id: whose.profileId,
    organization_id: whose.organizationId,
    chat: group.chat,
    kind: group.kind,
    parent: group.parent,
    subject: group.subject,
    description: group.description,
    owner_phone: owner?.phone ?? (owner?.lid && owner.lid === old?.owner_lid ? old.owner_phone : null),
    owner_lid: owner?.lid ?? null,
    founded_at: group.createdAt,
    only_admins_write: group.onlyAdminsWrite,
    only_admins_edit: group.onlyAdminsEdit,
    everybody_adds: group.everybodyAdds,
    admins_approve: group.adminsApprove,
    expiration: group.expirationSeconds,
    member_count: group.memberCount,
    members_hash: hashOf(members),
    own_role: roleIn(members, account),
    invite_code: old?.invite_code ?? null,
    picture_version: old?.picture_version ?? null,
    picture_media_id: old?.picture_media_id ?? null,
    picture_known: old?.picture_known ?? false,
    left_at: null,
    fetched_at: now,
    listed_at: old?.listed_at ?? group.createdAt ?? now,
    created_at: old?.created_at ?? now,
    updated_at: now,
  };
}

function roleIn(
  members: NonNullable<GroupInfo['members']>,
  account: { phone: string | null; lid: string | null } | undefined,
): GroupRow['own_role'] {
  const own = members.find((member) => {
    const { phone, lid } = digitsOf(member);
    return (phone !== null && phone === account?.phone) || (lid !== null && lid === account?.lid);
  });
  return own?.role ?? null;
}

const compared = [
  'kind',
  'parent',
  'subject',
  'description',
  'owner_phone',
  'owner_lid',
  'only_admins_write',
  'only_admins_edit',
  'everybody_adds',
  'admins_approve',
  'expiration',
  'member_count',
  'own_role',
  'left_at',
] as const satisfies (keyof GroupRow)[];

function isDifferent(old: GroupRow, row: GroupRow): boolean {
  return (
    compared.some((name) => old[name] !== row[name]) ||
    old.founded_at?.getTime() !== row.founded_at?.getTime() ||
    !old.members_hash?.equals(row.members_hash as Buffer)
  );
}
