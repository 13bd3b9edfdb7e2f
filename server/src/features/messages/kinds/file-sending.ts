import Type from 'typebox';
import type { OutgoingFile } from '../../../engines/port.ts';
import { Absentable } from '../../../http/schema.ts';
import { Failure } from '../../../platform/failures.ts';
import type { MediaRow } from '../../media/index.ts';
import type { StoredFile } from '../files/files.store.ts';
import type { Content } from './kind.ts';

/** The file in a request: `mediaId`, `url` or `base64`, exactly one of them. */
export const fileFields = {
  mediaId: Absentable(
    Type.String({
      maxLength: 64,
      description: 'Of `POST /uploads/media`, or of a message that has the file.',
    }),
  ),
  url: Absentable(
    Type.String({
      maxLength: 4096,
      description: 'Fetched before the answer goes out; private addresses are refused.',
    }),
  ),
  base64: Absentable(
    Type.String({ description: 'The file itself, bare or as a data URL, up to `MEDIA_BASE64_BYTES_MAX`.' }),
  ),
  mimetype: Absentable(
    Type.String({ maxLength: 200, description: 'Found in the content; given, it is checked against that.' }),
  ),
};
export const filename = Absentable(Type.String({ maxLength: 1000, description: 'As phones show it.' }));
export const captionField = Absentable(
  Type.String({ maxLength: 65_536, description: 'The words below it.' }),
);
export const viewOnceField = Type.Optional(Type.Boolean({ description: 'It may be looked at once.' }));

export const exampleFile = { url: 'https://example.com/oven.jpg' };

/** The file of a stored content, for engines. */
export function fileOf(content: Content): OutgoingFile {
  const { id, sha256, bytes, mimetype } = content.media as StoredFile;
  return { id, sha256, bytes, mimetype };
}

/** Fields of a content that are there, under these names. */
export function present<Name extends string>(content: Content, ...names: Name[]): { [N in Name]?: never } {
  const found = names.filter((name) => content[name] !== undefined && content[name] !== null);
  return Object.fromEntries(found.map((name) => [name, content[name]])) as { [N in Name]?: never };
}

/** @throws Failure MEDIA_TYPE_MISMATCH for a form that phones don't play */
export function playable(row: MediaRow, forms: RegExp, what: string): MediaRow {
  if (forms.test(row.mimetype)) return row;
  throw new Failure('MEDIA_TYPE_MISMATCH', {
    says: `Phones don't play ${row.mimetype} as ${what}: convert it, or send it as a document.`,
  });
}
