import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const searchKeeps: Keeps = {
  withheld: {
    message_words: 'the words of messages once more, for finding them; shown with the messages',
    words_backlog: 'which messages are still to be gathered for search',
  },
  rows: [
    { place: 39, table: 'message_words', of: ofOrganization },
    { place: 41, table: 'words_backlog', of: ofOrganization },
  ],
};
