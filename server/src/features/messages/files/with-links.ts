import type { Media } from '../../media/index.ts';
import type { MessageView } from '../messages.schema.ts';
import type { ShownFile } from './files.store.ts';

/** A message with links to its file: made anew whenever it is shown, for they expire. */
export function withLinks(view: MessageView, linksOf: Media['linksOf']): MessageView {
  const { content, originalContent } = view;
  return {
    ...view,
    content: linked(content, linksOf),
    ...(originalContent && { originalContent: linked(originalContent, linksOf) }),
  };
}

/** What a message says, with links to its file. */
export function linked<Content extends object>(content: Content, linksOf: Media['linksOf']): Content {
  const { media } = content as { media?: ShownFile };
  if (media?.state !== 'stored') return content;
  return { ...content, media: { ...media, ...linksOf(media) } };
}
