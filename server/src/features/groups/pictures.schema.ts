import Type, { type Static } from 'typebox';
import { Absentable, Nullable } from '../../http/schema.ts';

export const PictureBody = Type.Object(
  {
    profileId: Type.String({ minLength: 1 }),
    mediaId: Absentable(Type.String({ maxLength: 64, description: 'Of `POST /uploads/media`.' })),
    url: Absentable(Type.String({ maxLength: 4096, description: 'Private addresses are refused.' })),
    base64: Absentable(Type.String({ description: 'The file itself, bare or as a data URL.' })),
    mimetype: Absentable(Type.String({ maxLength: 200 })),
  },
  {
    title: 'SetGroupPicture',
    examples: [{ profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', url: 'https://example.com/oven.jpg' }],
  },
);
export type PictureBody = Static<typeof PictureBody>;

export const Picture = Type.Object(
  {
    groupId: Type.String({ examples: ['120363000000000001@g.us'] }),
    url: Nullable(Type.String({ description: 'Needs no login, and expires. Null: it has no picture.' })),
    thumbnailUrl: Nullable(Type.String()),
    mediaId: Nullable(Type.String()),
    version: Nullable(Type.String({ description: 'Another one for each picture.' })),
  },
  { title: 'GroupPicture' },
);
