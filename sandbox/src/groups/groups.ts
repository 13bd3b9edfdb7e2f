import { createHash, randomBytes } from 'node:crypto';
import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Store } from '../store/sqlite.ts';
import type {
  AddressingMode,
  Group,
  GroupSettings,
  JoinRequest,
  Member,
  MemberLabel,
  Role,
} from './group.ts';

interface GroupRow {
  id: string;
  mode: AddressingMode;
  creator: string;
  created_at: number;
  settings: string;
}

interface MemberRow {
  group_id: string;
  number: string;
  role: Role;
  joined_at: number;
  label: string;
  label_at: number;
}

interface RequestRow {
  group_id: string;
  number: string;
  method: JoinRequest['method'];
  by_number: string;
  at: number;
}

/** A code for an invite link, as long as those of the real network. */
export const inviteCode = (): string =>
  randomBytes(24)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 22)
    .padEnd(22, 'A');

/** Every group of this network. Held in memory, written through to the store. */
export class Groups {
  readonly #store: Store;
  readonly #master: Uint8Array;
  readonly #byId = new Map<string, Group>();
  readonly #byInvite = new Map<string, Group>();
  readonly #byMember = new Map<string, Set<Group>>();

  /** Reads every group that the store has. */
  constructor(store: Store, directory: Directory, master: Uint8Array) {
    this.#store = store;
    this.#master = master;
    for (const row of store.all<GroupRow>('SELECT * FROM groups ORDER BY created_at, id')) {
      const settings = JSON.parse(row.settings) as GroupSettings;
      const { id, mode, creator } = row;
      this.#place({
        ...settings,
        ...{ id, mode, creator, createdAt: row.created_at, members: new Map(), requests: new Map() },
      });
    }
    for (const row of store.all<MemberRow>('SELECT * FROM group_members ORDER BY joined_at, number')) {
      const group = this.#byId.get(row.group_id);
      const account = directory.find(row.number);
      const label = { text: row.label, at: row.label_at };
      if (group && account) this.#join(group, { account, role: row.role, joinedAt: row.joined_at, label });
    }
    for (const row of store.all<RequestRow>('SELECT * FROM group_requests ORDER BY at')) {
      const account = directory.find(row.number);
      const { method, at } = row;
      if (account)
        this.#byId.get(row.group_id)?.requests.set(row.number, { account, method, by: row.by_number, at });
    }
  }

  /** Every group, oldest first. */
  all(): Group[] {
    return [...this.#byId.values()];
  }

  /** A group by its JID or bare id. */
  find(jid: string | undefined): Group | undefined {
    return this.#byId.get((jid ?? '').replace(/@g\.us$/, ''));
  }

  byInvite(code: string): Group | undefined {
    return this.#byInvite.get(code);
  }

  /** The groups a person is in. */
  of(number: string): Group[] {
    return [...(this.#byMember.get(number) ?? [])];
  }

  /** A new group without members. The id follows from the network's seed and how many groups there were. */
  create(
    settings: Omit<GroupSettings, 'invite'>,
    mode: AddressingMode,
    creator: string,
    createdAt: number,
  ): Group {
    const group: Group = {
      ...settings,
      ...{ invite: inviteCode(), id: this.#nextId(), mode, creator, createdAt },
      ...{ members: new Map(), requests: new Map() },
    };
    this.#place(group);
    this.#store.run(
      'INSERT INTO groups (id, mode, creator, created_at, settings) VALUES (?, ?, ?, ?, ?)',
      ...[group.id, mode, creator, createdAt, settingsOf(group)],
    );
    return group;
  }

  /** Changes some settings of a group. */
  update(group: Group, change: Partial<GroupSettings>): void {
    if (change.invite !== undefined) {
      this.#byInvite.delete(group.invite);
      this.#byInvite.set(change.invite, group);
    }
    Object.assign(group, change);
    this.#store.run('UPDATE groups SET settings = ? WHERE id = ?', settingsOf(group), group.id);
  }

  /** Takes somebody in, or changes the role of a member. */
  setMember(group: Group, account: Account, role: Role): void {
    const known = group.members.get(account.number);
    const [joinedAt, label] = [known?.joinedAt ?? Date.now(), known?.label ?? { text: '', at: 0 }];
    this.#join(group, { account, role, joinedAt, label });
    this.#store.run(
      'INSERT OR REPLACE INTO group_members (group_id, number, role, joined_at, label, label_at) VALUES (?, ?, ?, ?, ?, ?)',
      ...[group.id, account.number, role, joinedAt, label.text, label.at],
    );
    this.removeRequest(group, account.number);
  }

  /** A member calls itself something else. */
  setLabel(group: Group, member: Member, label: MemberLabel): void {
    member.label = label;
    this.#store.run(
      'UPDATE group_members SET label = ?, label_at = ? WHERE group_id = ? AND number = ?',
      ...[label.text, label.at, group.id, member.account.number],
    );
  }

  removeMember(group: Group, number: string): void {
    group.members.delete(number);
    this.#byMember.get(number)?.delete(group);
    this.#store.run('DELETE FROM group_members WHERE group_id = ? AND number = ?', group.id, number);
  }

  addRequest(group: Group, request: JoinRequest): void {
    const { account, method, by, at } = request;
    group.requests.set(account.number, request);
    this.#store.run(
      'INSERT OR REPLACE INTO group_requests (group_id, number, method, by_number, at) VALUES (?, ?, ?, ?, ?)',
      ...[group.id, account.number, method, by, at],
    );
  }

  /** False when this person has asked for nothing. */
  removeRequest(group: Group, number: string): boolean {
    if (!group.requests.delete(number)) return false;
    this.#store.run('DELETE FROM group_requests WHERE group_id = ? AND number = ?', group.id, number);
    return true;
  }

  #nextId(): string {
    const hash = createHash('sha256').update(this.#master).update(`group ${this.#byId.size}`).digest();
    return `120363${(hash.readBigUInt64BE(0) % 10n ** 12n).toString().padStart(12, '0')}`;
  }

  #place(group: Group): void {
    this.#byId.set(group.id, group);
    this.#byInvite.set(group.invite, group);
  }

  #join(group: Group, member: Member): void {
    const { number } = member.account;
    group.members.set(number, member);
    const groups = this.#byMember.get(number) ?? new Set();
    groups.add(group);
    this.#byMember.set(number, groups);
  }
}

function settingsOf(group: Group): string {
  const { subject, subjectBy, subjectAt, description, announcement, locked } = group;
  const { ephemeral, everybodyAdds, approval, invite } = group;
  const settings: GroupSettings = {
    ...{ subject, subjectBy, subjectAt, description, announcement, locked },
    ...{ ephemeral, everybodyAdds, approval, invite },
  };
  return JSON.stringify(settings);
}
