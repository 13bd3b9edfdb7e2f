import { contentSchema, whole } from './content.ts';
import type { MessageKind } from './kind.ts';

export const album: MessageKind = {
  type: 'album',
  called: 'an album',
  content: contentSchema('AlbumContent', 'Pictures and films that belong together, and follow one by one.', {
    images: whole('How many pictures.'),
    videos: whole('How many films.'),
  }),
  preview: () => '',
};
