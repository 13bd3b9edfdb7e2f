import type { GroupKind, GroupRole } from '../../engines/port.ts';

export interface GroupsTable {
  id: string;
  profile_id: string;
  organization_id: string;
  chat: string;
  kind: GroupKind;
  /** The community that it belongs to. */
  parent: string | null;
  subject: string;
  description: string | null;
  /** Digits. */
  owner_phone: string | null;
  owner_lid: string | null;
  /** When WhatsApp says that it was made. */
  founded_at: Date | null;
  only_admins_write: boolean;
  only_admins_edit: boolean;
  everybody_adds: boolean;
  admins_approve: boolean;
  /** Seconds; 0: its messages stay. */
  expiration: number;
  member_count: number;
  /** Of its members as they were last told all together; null once one has come, gone or changed. */
  members_hash: Buffer | null;
  /** Null while we are not known to be in it. */
  own_role: GroupRole | null;
  invite_code: string | null;
  /** WhatsApp's name of its picture, and the file of it; what was known when `picture_known`. */
  picture_version: string | null;
  picture_media_id: string | null;
  picture_known: boolean;
  /** When we left it or were removed; null while we are in it. */
  left_at: Date | null;
  /** When WhatsApp last told all of it. */
  fetched_at: Date;
  /** What lists are ordered by: when it was made, or else when we first saw it. */
  listed_at: Date;
  created_at: Date;
  updated_at: Date;
}
export interface GroupMembersTable {
  group_id: string;
  /** By what it was first known here; the row's own name, even if the other address is learnt. */
  address: string;
  organization_id: string;
  /** Digits, as of contacts; at least one of the two is there. */
  phone: string | null;
  lid: string | null;
  role: GroupRole;
}
/** When WhatsApp last told all groups of a profile. */
interface GroupSyncsTable {
  profile_id: string;
  organization_id: string;
  fetched_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    groups: GroupsTable;
    group_members: GroupMembersTable;
    group_syncs: GroupSyncsTable;
  }
}
