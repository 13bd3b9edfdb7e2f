import Type, { type Static } from 'typebox';
import { CursorQuery } from '../../../http/list.ts';
import { Absentable, Nullable, Timestamp, Uuid } from '../../../http/schema.ts';

const kind = Type.String({
  ...{ minLength: 1, maxLength: 50, pattern: '^[a-z0-9_-]+$', examples: ['marketing'] },
  description: 'To what they agreed; campaigns that ask for consent ask for `marketing`.',
});
const source = Type.String({
  ...{ minLength: 1, maxLength: 200, examples: ['shop form'] },
  description: 'Where they agreed.',
});
const Evidence = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
  ...{ maxProperties: 20, examples: [{ form: 'newsletter', ip: '203.0.113.7' }] },
  description: 'What shows it, as JSON of at most 4 KiB.',
});
const phone = Type.String({
  ...{ minLength: 1, maxLength: 200, examples: ['628123456789'] },
  description: 'A number with country code, however it is written, or the chat id of a person.',
});
const profileId = Absentable(
  Type.String({
    maxLength: 64,
    description: 'To which profile. It holds for all; who may see some profiles only has to name one.',
  }),
);

export const Consent = Type.Object(
  {
    id: Uuid,
    profileId: Nullable(Type.String()),
    chatId: Type.String({ examples: ['628123456789@c.us'] }),
    phone: Nullable(Type.String({ examples: ['628123456789'] })),
    kind,
    source,
    evidence: Evidence,
    at: Timestamp,
  },
  { title: 'Consent' },
);

export const ConsentQuery = Type.Object({
  ...CursorQuery.properties,
  profileId: Type.Optional(Type.String({ maxLength: 64 })),
  phone: Type.Optional(
    Type.String({ maxLength: 200, description: 'Of one person, however the number is written.' }),
  ),
  kind: Type.Optional(Type.String({ maxLength: 50 })),
});

export const SetConsent = Type.Object(
  {
    phone,
    profileId,
    kind: Absentable(kind),
    source: Absentable(source),
    evidence: Absentable(Evidence),
    at: Absentable(
      Type.String({ format: 'date-time', maxLength: 40, description: 'When they agreed; now unless said.' }),
    ),
  },
  {
    title: 'SetConsent',
    examples: [{ phone: '628123456789', source: 'shop form', evidence: { form: 'newsletter' } }],
  },
);
export type SetConsentBody = Static<typeof SetConsent>;

export const ImportConsents = Type.Object(
  {
    csvData: Absentable(Type.String({ description: 'The table; its header has a column `phone`.' })),
    mediaId: Absentable(Type.String({ maxLength: 64, description: 'Of a file that was uploaded.' })),
    profileId,
    kind: Absentable(kind),
    source: Absentable(source),
  },
  { title: 'ImportConsents', examples: [{ csvData: 'phone\n628123456789\n', source: 'fair of May' }] },
);
export type ImportConsentsBody = Static<typeof ImportConsents>;
