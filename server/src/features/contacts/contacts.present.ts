import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { Media } from '../media/index.ts';
import { type ContactRow, chatOf } from './people.store.ts';

/** A contact as lists show it. */
export type ListedContact = ContactRow & {
  talked_at: Date | null;
  /** Undefined where nobody has asked. */
  is_opted_out?: boolean | undefined;
};

/** Who of these people wants no messages that they did not ask for, in their order; the owner of the list answers. */
export type OptedOut = (
  db: Db | Tx,
  organizationId: string,
  people: readonly Pick<ContactRow, 'phone' | 'lid'>[],
) => Promise<boolean[]>;

/** A contact as clients see it, but for links, which expire: what is kept, as events, has none. */
export function presentContact({ talked_at, is_opted_out: optedOut, ...row }: ListedContact) {
  return {
    id: row.id,
    profileId: row.profile_id,
    phone: row.phone,
    chatId: chatOf({ phone: row.phone ?? undefined, lid: row.lid ?? undefined }),
    name: row.name,
    whatsappName: row.whatsapp_name,
    avatarUrl: null as string | null,
    avatarThumbnailUrl: null as string | null,
    avatarState: row.picture_state,
    about: row.about,
    aboutState: row.about_state,
    lookedAt: row.looked_at?.toISOString() ?? null,
    tags: row.tags,
    metadata: row.metadata as Record<string, unknown>,
    isBlocked: row.is_blocked,
    ...(optedOut !== undefined && { optedOut }),
    lastMessageAt: (talked_at ?? row.last_message_at)?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The name of every picture. */
export const pictureFilename = 'picture.jpg';

/** A contact as an answer shows it: with links to the picture. */
export function createPresenter(linksOf: Media['linksOf']) {
  return (row: ListedContact) => {
    const { picture_media_id: id } = row;
    const links = id ? linksOf({ id, filename: pictureFilename, hasThumbnail: true }) : undefined;
    return {
      ...presentContact(row),
      ...(links && { avatarUrl: links.url, avatarThumbnailUrl: links.thumbnailUrl }),
    };
  };
}

export type PresentContact = ReturnType<typeof createPresenter>;
