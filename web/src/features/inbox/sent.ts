import type { FileKind, Sending, Uploaded } from './outbox.ts';

/** A file that will be sent, and as what. */
export interface Attached {
  file: File;
  as: FileKind;
}

/** The kind of message that something is sent as. */
export const typeOf = (sending: Sending): 'text' | FileKind =>
  sending.kind === 'text' ? 'text' : sending.as;

/** What a send shows, as the content of its message will. */
export function shownContent(sending: Sending, uploaded?: Uploaded): Record<string, unknown> {
  if (sending.kind === 'text') return { text: sending.text };
  const { caption, file } = sending;
  const media = uploaded && {
    state: 'stored',
    id: uploaded.id,
    url: uploaded.url,
    thumbnailUrl: uploaded.thumbnailUrl,
    hasThumbnail: uploaded.thumbnailUrl !== null,
    mimetype: uploaded.mimeType,
    bytes: uploaded.size,
    filename: uploaded.filename,
    ...(uploaded.width !== null && { width: uploaded.width }),
    ...(uploaded.height !== null && { height: uploaded.height }),
    ...(uploaded.durationMs !== null && { seconds: uploaded.durationMs / 1000 }),
  };
  return { ...(caption && { caption }), filename: file.name, ...(media && { media }) };
}

/** What phones show of their own accord; the rest is sent as a document. */
const shown: readonly [RegExp, FileKind][] = [
  [/^image\/(jpeg|png|webp)$/, 'image'],
  [/^video\/(mp4|3gpp)$/, 'video'],
  [/^audio\/(ogg|mpeg|mp4|aac|amr|x-m4a)$/, 'audio'],
];

/** As what a file is sent unless the person says otherwise. */
export const kindOfFile = ({ type }: { type: string }): FileKind =>
  shown.find(([pattern]) => pattern.test(type))?.[1] ?? 'document';
