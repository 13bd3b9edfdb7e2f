import { createHash } from 'node:crypto';
import type { GroupMember, Person } from '../../engines/port.ts';
import { lidChat, localPart, phoneChat } from '../../platform/chat-id.ts';
import type { MemberRow, Named } from './members.store.ts';

/** Bare digits. */
export const digitsOf = ({ phone, lid }: Person) => ({
  phone: phone ? localPart(phone) : null,
  lid: lid ? localPart(lid) : null,
});

export function namesOf(people: readonly Person[]): Named {
  const digits = people.map(digitsOf);
  return {
    phones: digits.flatMap(({ phone }) => phone ?? []),
    lids: digits.flatMap(({ lid }) => lid ?? []),
  };
}

/** Finds rows by either address. */
export function byAddress(rows: readonly MemberRow[]): (person: Person) => MemberRow | undefined {
  const byPhone = new Map(rows.flatMap((row) => (row.phone ? [[row.phone, row] as const] : [])));
  const byLid = new Map(rows.flatMap((row) => (row.lid ? [[row.lid, row] as const] : [])));
  return (person) => {
    const { phone, lid } = digitsOf(person);
    return (lid ? byLid.get(lid) : undefined) ?? (phone ? byPhone.get(phone) : undefined);
  };
}

export interface MemberChanges {
  joined: MemberRow[];
  left: MemberRow[];
  promoted: MemberRow[];
  demoted: MemberRow[];
  /** Rows that have changed in any way, those above who were promoted or demoted too. */
  changed: MemberRow[];
}

/**
 * What has changed from the rows to the members of a group. A member is the same by either address: what one telling
 * leaves out another may name.
 */
export function compareMembers(
  group: { id: string; organizationId: string },
  before: readonly MemberRow[],
  members: readonly GroupMember[],
): MemberChanges {
  const find = byAddress(before);
  const seen = new Set<MemberRow>();
  const changes: MemberChanges = { joined: [], left: [], promoted: [], demoted: [], changed: [] };
  const known = new Set<string>();
  for (const member of members) {
    const row = find(member);
    if (row && seen.has(row)) continue;
    if (!row) {
      const added = rowOf(group, member);
      if (!known.has(added.address)) changes.joined.push(added);
      known.add(added.address);
      continue;
    }
    seen.add(row);
    const { phone, lid } = digitsOf(member);
    const now = { ...row, phone: phone ?? row.phone, lid: lid ?? row.lid, role: member.role };
    if (now.phone === row.phone && now.lid === row.lid && now.role === row.role) continue;
    changes.changed.push(now);
    const [was, is] = [row.role !== 'member', now.role !== 'member'];
    if (!was && is) changes.promoted.push(now);
    if (was && !is) changes.demoted.push(now);
  }
  changes.left.push(...before.filter((row) => !seen.has(row)));
  return changes;
}

/** A new row of a member. */
export function rowOf(group: { id: string; organizationId: string }, member: GroupMember): MemberRow {
  const { phone, lid } = digitsOf(member);
  return {
    group_id: group.id,
    address: lid ? lidChat(lid) : phoneChat(phone ?? ''),
    organization_id: group.organizationId,
    phone,
    lid,
    role: member.role,
  };
}

/** The same for the same members, in whichever order they are told. */
export function hashOf(members: readonly GroupMember[]): Buffer {
  const lines = members.map(({ phone, lid, role }) => `${lid ?? ''} ${phone ?? ''} ${role}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest();
}
