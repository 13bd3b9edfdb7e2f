import type { ActResult } from './acts.ts';
import { addMode, personJid } from './facts.ts';
import type { GroupView, ParticipantView, ResultView } from './groups.schema.ts';
import type { ListedGroup, ListedMember } from './groups.store.ts';

/** A group as clients see it. */
export function presentGroup(row: ListedGroup): GroupView {
  return {
    id: row.chat,
    profileId: row.profile_id,
    name: row.subject,
    description: row.description,
    owner: personJid({ phone: row.owner_phone, lid: row.owner_lid }),
    createdAt: row.founded_at?.toISOString() ?? null,
    participantsCount: row.member_count,
    type: row.kind,
    communityId: row.parent,
    announcement: row.only_admins_write,
    locked: row.only_admins_edit,
    memberAddMode: addMode(row.everybody_adds),
    joinApproval: row.admins_approve,
    expirationSeconds: row.expiration,
    role: row.left_at ? null : row.own_role,
    conversationId: row.conversation_id,
    leftAt: row.left_at?.toISOString() ?? null,
    fetchedAt: row.fetched_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function presentMember(row: ListedMember): ParticipantView {
  return {
    id: personJid(row) ?? '',
    phone: row.phone,
    lid: personJid({ phone: null, lid: row.lid }),
    name: row.name ?? row.whatsapp_name,
    pushName: row.whatsapp_name,
    role: row.role,
    isAdmin: row.role !== 'member',
    isSuperAdmin: row.role === 'superadmin',
  };
}

/** The full link of a code. */
export const linkOf = (code: string) => `https://chat.whatsapp.com/${code}`;

/** The code of a link, or of what is one already; undefined for any other text. */
export function codeOf(invite: string): string | undefined {
  const written = invite.trim().replace(/^(?:https?:\/\/)?(?:www\.)?chat\.whatsapp\.com\/(?:invite\/)?/i, '');
  return /^((?=.*[A-Za-z])[\w-]{16,32})(?:[/?#].*)?$/.exec(written)?.[1];
}

const messages: Record<ActResult['outcome'], string> = {
  done: 'Done.',
  already: 'This is so already.',
  absent: 'This person is not in the group.',
  'not-on-network': 'This number is not on WhatsApp.',
  private:
    'The privacy settings of this person forbid it: send an invitation, and the person comes by itself.',
  full: 'The group has as many members as one may have.',
  refused: 'WhatsApp refused this.',
};

/** What became of somebody whom a request names, as it was written there. */
export function presentResult(
  written: string,
  result: ActResult,
  invited: { link: string | null; messageId: string | null } | undefined,
): ResultView {
  const { outcome, person, code, invitation } = result;
  return {
    participant: written,
    id: person?.phone ?? person?.lid ?? null,
    status: code ?? 200,
    outcome,
    message: messages[outcome],
    ...(invitation && {
      invitation: {
        code: invitation.code,
        expiresAt: invitation.until,
        link: invited?.link ?? null,
        messageId: invited?.messageId ?? null,
      },
    }),
  };
}
