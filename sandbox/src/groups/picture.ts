import type { PictureOwner } from '../people/pictures.ts';
import { type Group, groupJid, isAdmin, memberJid, membersOf } from './group.ts';

/** A group as the owner of a picture: its members see it, and change it unless the group is locked. */
export function pictureOwner(group: Group): PictureOwner {
  const jid = groupJid(group);
  return {
    ...{ key: jid, jid },
    maySee: ({ number }) => group.members.has(number),
    maySet: ({ number }) => group.members.has(number) && (!group.locked || isAdmin(group, number)),
    authorJid: (author) => memberJid(group, author),
    audience: () => membersOf(group),
  };
}
