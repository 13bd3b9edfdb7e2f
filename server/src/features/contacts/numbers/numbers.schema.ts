import Type from 'typebox';
import { Nullable, Timestamp } from '../../../http/schema.ts';

export const NumberCheck = Type.Object(
  {
    phone: Type.String({
      description: 'As it is dialled from abroad, in digits.',
      examples: ['628123456789'],
    }),
    originalPhone: Type.String({ description: 'As it was written.', examples: ['0812-3456-789'] }),
    validFormat: Type.Boolean(),
    isIndonesian: Type.Boolean(),
    countryCode: Type.String({
      description: 'That it is dialled with; empty when unknown.',
      examples: ['62'],
    }),
    country: Nullable(Type.String({ description: 'ISO 3166, where the number tells.', examples: ['ID'] })),
    isNormalized: Type.Boolean({ description: 'Whether it was written otherwise than `phone` has it.' }),
    onWhatsApp: Nullable(
      Type.Boolean({ description: 'As WhatsApp said; null: it could not be asked, see `reason`.' }),
    ),
    whatsappPhone: Nullable(
      Type.String({ description: 'The number of the account, which may have a digit more or less.' }),
    ),
    chatId: Nullable(Type.String({ examples: ['628123456789@c.us'] })),
    reason: Nullable(Type.String({ description: 'Why the number is not valid, or not known.' })),
    checkedAt: Nullable(Timestamp),
    profileStatus: Type.String({ examples: ['connected'] }),
  },
  { title: 'NumberCheck' },
);

export const numbersMax = 1_000;

export const CheckNumbers = Type.Object(
  {
    phones: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: numbersMax }),
  },
  { title: 'CheckNumbers', examples: [{ phones: ['+62 812-3456-789', '0812 3456 780'] }] },
);

export const NumberChecks = Type.Object(
  {
    total: Type.Integer(),
    valid: Type.Integer({ description: 'How many can be dialled.' }),
    onWhatsApp: Type.Integer({ description: 'How many are known to have an account.' }),
    unknown: Type.Integer({ description: 'About how many WhatsApp could not be asked.' }),
    results: Type.Array(NumberCheck),
  },
  { title: 'NumberChecks' },
);
