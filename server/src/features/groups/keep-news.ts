import type { GroupNews, Person } from '../../engines/port.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { byAddress, digitsOf, namesOf, rowOf } from './compare-members.ts';
import { type Fact, factsOf, settingsChanged } from './facts.ts';
import { keepWhole, type Whose } from './keep-whole.ts';
import { forgetMembers, type MemberRow, membersNamed, writeMembers } from './members.store.ts';
import { accountOf, type GroupRow, lockGroups, notePicture, writeGroups } from './whole.store.ts';

/** What was stored: the events of it, and the groups that only a look can tell about. */
export interface Kept {
  facts: Fact[];
  unclear: ChatId[];
}

/**
 * Stores what has happened in groups, in order. Doing it twice changes nothing and is no news: a notice may come again, and
 * tells what we did ourselves.
 */
export async function keepNews(tx: Tx, whose: Whose, all: readonly GroupNews[], now: Date): Promise<Kept> {
  const kept: Kept = { facts: [], unclear: [] };
  if (all.length === 0) return kept;
  // Locked in one order, whatever the order of the news.
  await lockGroups(tx, whose.profileId, [...new Set(all.map(({ chat }) => chat))]);
  for (const news of all) {
    const { chat, change, by } = news;
    if (change.is === 'entered') {
      // Of a new group that we know already there may be more by now than its first notice says.
      if (change.how === 'created' && (await isKnown(tx, whose, chat))) continue;
      const how = { now, by, entered: change.how };
      kept.facts.push(...(await keepWhole(tx, whose, [change.group], how)));
      continue;
    }
    const [row] = await lockGroups(tx, whose.profileId, [chat]);
    const isOver = change.is === 'left' || change.is === 'ended';
    if (!row || row.left_at) {
      if (!isOver) kept.unclear.push(chat);
      continue;
    }
    const { facts, isUnclear } = await keepOne(tx, row, news, now);
    kept.facts.push(...facts);
    if (isUnclear) kept.unclear.push(chat);
  }
  return kept;
}

async function isKnown(tx: Tx, { profileId }: Whose, chat: ChatId): Promise<boolean> {
  const [row] = await lockGroups(tx, profileId, [chat]);
  return row !== undefined && row.left_at === null;
}

async function keepOne(
  tx: Tx,
  row: GroupRow,
  { change, by, at }: GroupNews,
  now: Date,
): Promise<{ facts: Fact[]; isUnclear?: boolean }> {
  const facts = factsOf(row, { by, at });
  switch (change.is) {
    case 'joined':
      return { facts: await joined(tx, row, change.people, facts, now) };
    case 'left':
      return { facts: await left(tx, row, change.people, { facts, by, at, now }) };
    case 'promoted':
    case 'demoted':
      return { facts: await changedRole(tx, row, { is: change.is, people: change.people }, facts, now) };
    case 'ended':
      return { facts: await weLeft(tx, row, facts.left('ended'), { at, now }) };
    case 'set': {
      const { settings } = change;
      const after = {
        ...row,
        subject: settings.subject ?? row.subject,
        description: settings.description === undefined ? row.description : settings.description,
        only_admins_write: settings.onlyAdminsWrite ?? row.only_admins_write,
        only_admins_edit: settings.onlyAdminsEdit ?? row.only_admins_edit,
        everybody_adds: settings.everybodyAdds ?? row.everybody_adds,
        admins_approve: settings.adminsApprove ?? row.admins_approve,
        expiration: settings.expirationSeconds ?? row.expiration,
      };
      const changes = settingsChanged(row, after);
      if (Object.keys(changes).length === 0) return { facts: [] };
      await writeGroups(tx, [{ ...after, updated_at: now }]);
      return { facts: factsOf(after, { by, at }).updated(changes) };
    }
    case 'new-link': {
      if (row.invite_code === change.code) return { facts: [] };
      await writeGroups(tx, [{ ...row, invite_code: change.code, updated_at: now }]);
      return { facts: facts.updated({ inviteLink: true }) };
    }
    case 'picture': {
      if (row.picture_known && row.picture_version === change.version) return { facts: [] };
      const before = { version: row.picture_version, mediaId: row.picture_media_id };
      await notePicture(tx, row.id, { ...before, isKnown: false });
      return { facts: facts.updated({ picture: true }) };
    }
    case 'requests':
      return { facts: change.people.length > 0 ? [facts.requests(change.people, change.open)] : [] };
    default:
      return { facts: [], isUnclear: true };
  }
}

type Facts = ReturnType<typeof factsOf>;

async function joined(tx: Tx, row: GroupRow, people: Person[], facts: Facts, now: Date): Promise<Fact[]> {
  const find = byAddress(await membersNamed(tx, row.id, namesOf(people)));
  const group = { id: row.id, organizationId: row.organization_id };
  const rows = new Map<string, MemberRow>();
  for (const person of people) {
    if (find(person)) continue;
    const added = rowOf(group, { ...person, role: 'member' });
    rows.set(added.address, added);
  }
  const added = [...rows.values()];
  if (added.length === 0) return [];
  await writeMembers(tx, { joined: added, left: [], changed: [] });
  const count = row.member_count + added.length;
  await writeGroups(tx, [{ ...row, member_count: count, members_hash: null, updated_at: now }]);
  return facts.members('added', added, count);
}

async function left(
  tx: Tx,
  row: GroupRow,
  people: Person[],
  { facts, by, at, now }: { facts: Facts; by: Person | undefined; at: Date; now: Date },
): Promise<Fact[]> {
  if (await namesUs(tx, row, people)) {
    const isAlone = by && people.some((person) => isSame(person, by));
    return weLeft(tx, row, facts.left(isAlone || !by ? 'left' : 'removed'), { at, now });
  }
  const gone = await membersNamed(tx, row.id, namesOf(people));
  if (gone.length === 0) return [];
  await writeMembers(tx, { joined: [], left: gone, changed: [] });
  const count = Math.max(0, row.member_count - gone.length);
  await writeGroups(tx, [{ ...row, member_count: count, members_hash: null, updated_at: now }]);
  return facts.members('removed', gone, count);
}

async function changedRole(
  tx: Tx,
  row: GroupRow,
  { is, people }: { is: 'promoted' | 'demoted'; people: Person[] },
  facts: Facts,
  now: Date,
): Promise<Fact[]> {
  const role = is === 'promoted' ? 'admin' : 'member';
  const changed = (await membersNamed(tx, row.id, namesOf(people)))
    .filter((member) => (member.role === 'member') === (is === 'promoted'))
    .map((member) => ({ ...member, role }) satisfies MemberRow);
  if (changed.length === 0) return [];
  await writeMembers(tx, { joined: [], left: [], changed });
  const ownRole = (await namesUs(tx, row, people)) ? role : row.own_role;
  await writeGroups(tx, [{ ...row, own_role: ownRole, members_hash: null, updated_at: now }]);
  return facts.members(is, changed, row.member_count);
}

/** We are in the group no longer; who is, nobody tells us from now on. */
export async function weLeft(
  tx: Tx,
  row: GroupRow,
  fact: Fact,
  { at, now }: { at: Date; now: Date },
): Promise<Fact[]> {
  await forgetMembers(tx, [row.id]);
  const gone = { left_at: at, own_role: null, members_hash: null, invite_code: null };
  await writeGroups(tx, [{ ...row, ...gone, updated_at: now }]);
  return [fact];
}

async function namesUs(tx: Tx, row: GroupRow, people: readonly Person[]): Promise<boolean> {
  const account = await accountOf(tx, row.profile_id);
  const { phones, lids } = namesOf(people);
  return (
    (account?.phone ? phones.includes(account.phone) : false) ||
    (account?.lid ? lids.includes(account.lid) : false)
  );
}

function isSame(a: Person, b: Person): boolean {
  const [one, other] = [digitsOf(a), digitsOf(b)];
  return (one.lid !== null && one.lid === other.lid) || (one.phone !== null && one.phone === other.phone);
}
