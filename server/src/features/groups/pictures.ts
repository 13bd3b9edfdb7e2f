import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { storedChat } from '../../platform/chat-id.ts';
import { Failure } from '../../platform/failures.ts';
import type { Media } from '../media/index.ts';
import type { Desk } from './desk.ts';
import type { ListedGroup } from './groups.store.ts';
import { filename } from './picture-files.ts';
import type { PictureBody } from './pictures.schema.ts';

/** The pictures of groups as clients ask for them. */
export function createPictures({
  desk,
  media,
}: {
  desk: Desk;
  media: Pick<Media, 'take' | 'fit' | 'linksOf'>;
}) {
  const shown = (group: ListedGroup) => {
    const links = group.picture_media_id
      ? media.linksOf({ id: group.picture_media_id, filename, hasThumbnail: true })
      : { url: null, thumbnailUrl: null };
    return { groupId: group.chat, ...links, mediaId: group.picture_media_id, version: group.picture_version };
  };

  return {
    /** Asks WhatsApp when it is not known. @throws Failure */
    async get(actor: Actor, profileId: string, groupId: string) {
      const sender = await desk.senderOf(actor, profileId);
      const group = await desk.groupOf(actor, sender, groupId);
      const isAsked = !group.picture_known && !group.left_at && sender.status === 'connected';
      if (!isAsked) return shown(group);
      await desk.ask(actor, sender, { act: 'see-picture', chat: storedChat(group.chat) });
      return shown(await desk.groupOf(actor, sender, groupId));
    },

    /** @throws Failure */
    async set(actor: Actor, groupId: string, body: PictureBody) {
      const { sender, chat } = await desk.changeable(actor, body.profileId, groupId);
      if (sender.status !== 'connected') throw new Failure('PROFILE_NOT_CONNECTED');
      const source = {
        ...{ mediaId: given(body.mediaId), url: given(body.url), base64: given(body.base64) },
        mimetype: given(body.mimetype),
      };
      const row = await media.fit.avatar(await media.take(actor, source, 'image'));
      await desk.ask(actor, sender, { act: 'set-picture', chat, mediaId: row.id });
      return shown(await desk.groupOf(actor, sender, groupId));
    },

    /** @throws Failure */
    async remove(actor: Actor, profileId: string, groupId: string) {
      const { sender, chat } = await desk.changeable(actor, profileId, groupId);
      await desk.ask(actor, sender, { act: 'set-picture', chat, mediaId: null });
      return { success: true };
    },
  };
}

export type Pictures = ReturnType<typeof createPictures>;
