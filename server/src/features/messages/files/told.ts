import type { Clock } from '../../../platform/clock.ts';
import type { Media } from '../../media/index.ts';
import type { Live } from '../../profiles/index.ts';
import type { Fact } from '../changes/facts.ts';
import { messageMedia } from './files.events.ts';
import type { FileDue, ShownFile } from './files.store.ts';

/** What is told of the file of a message. */
export function createTold({ clock, media }: { clock: Clock; media: Pick<Media, 'linksOf'> }) {
  return ({ profileId }: Live, due: FileDue, shown: ShownFile): Fact => ({
    definition: messageMedia,
    ...{ organizationId: due.organization_id, profileId },
    body: {
      ...{ profileId, messageId: due.message_id, waMessageId: due.wa_message_id },
      ...{ conversationId: due.conversation_id, chatId: due.chat, type: due.type },
      media: shown.state === 'stored' ? { ...shown, ...media.linksOf(shown) } : shown,
      timestamp: clock.now().toISOString(),
    },
  });
}
