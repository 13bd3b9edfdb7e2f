import { Type } from 'typebox';
import { PRIVACY } from '../people/privacy.ts';
import { ABOUT_MAX, DISAPPEARING_SECONDS, OPENING_MODES, WEEKDAYS } from '../people/profiles.ts';

const numberText = Type.String({
  description: 'Phone number as digits; `+`, separators and `@c.us` are accepted.',
});
const shortText = Type.String({ maxLength: 512 });

export const BlockedParam = Type.Object({ number: numberText, other: numberText });
export const PictureFile = Type.Object({ file: Type.String() });

export const NewPresence = Type.Object(
  {
    state: Type.Enum(['available', 'unavailable', 'composing', 'recording', 'paused'], {
      description:
        'The first two are about the person; the others about a chat, and need `to`. Who types is available.',
    }),
    to: Type.Optional(numberText),
  },
  { examples: [{ state: 'composing', to: '628111000002' }, { state: 'available' }] },
);
export const Presence = Type.Object({
  presence: Type.Enum(['available', 'unavailable']),
  lastSeen: Type.Union([Type.Integer(), Type.Null()], { description: 'Unix seconds; null: never online.' }),
});
export const Typing = Type.Object({
  chat: Type.String(),
  from: Type.String(),
  media: Type.Enum(['text', 'audio']),
  at: Type.Integer({ description: 'Unix milliseconds.' }),
});

export const NewPicture = Type.Union(
  [
    Type.Object({
      data: Type.Optional(
        Type.String({ minLength: 1, description: 'JPEG as base64; absent: a generated one.' }),
      ),
      preview: Type.Optional(Type.String({ minLength: 1, description: 'A smaller JPEG as base64.' })),
    }),
    Type.Null(),
  ],
  { examples: [{}, { data: '/9j/4AAQSkZJRg…' }] },
);
export const NewGroupPicture = Type.Object(
  {
    by: Type.String({ description: 'Number of the member who does it.' }),
    data: Type.Optional(
      Type.String({ minLength: 1, description: 'JPEG as base64; absent: a generated one.' }),
    ),
    preview: Type.Optional(Type.String({ minLength: 1, description: 'A smaller JPEG as base64.' })),
  },
  { examples: [{ by: '628111000001' }] },
);
export const PictureId = Type.Object({ id: Type.String(), url: Type.String() });

const minutes = Type.String({ pattern: '^[0-9]{1,4}$', description: 'Minutes after midnight.' });
const BusinessDay = Type.Object({
  day_of_week: Type.Enum([...WEEKDAYS]),
  mode: Type.Enum([...OPENING_MODES]),
  open_time: Type.Optional(minutes),
  close_time: Type.Optional(minutes),
});
const BusinessHours = Type.Object({
  timezone: Type.String({ maxLength: 64 }),
  days: Type.Array(BusinessDay, { maxItems: 21 }),
});
const Business = Type.Object({
  description: Type.Optional(shortText),
  address: Type.Optional(shortText),
  email: Type.Optional(shortText),
  websites: Type.Optional(Type.Array(shortText, { maxItems: 2 })),
  category: Type.Optional(shortText),
  hours: Type.Optional(BusinessHours),
});
const orNobody = Type.Union([Business, Type.Null()], { description: 'null: a private person.' });
const seconds = Type.Enum(DISAPPEARING_SECONDS, { description: 'Default timer of new chats; 0 is off.' });
export const ProfileChange = Type.Object(
  {
    about: Type.Optional(Type.String({ maxLength: ABOUT_MAX })),
    disappearingSeconds: Type.Optional(seconds),
    business: Type.Optional(orNobody),
  },
  { examples: [{ about: 'Baking', business: { description: 'Bread and cake', category: 'Bakery' } }] },
);
export const Profile = Type.Object({
  about: Type.String(),
  disappearingSeconds: Type.Integer(),
  business: orNobody,
});

const categories = Object.entries(PRIVACY);
const category = ([name, values]: (typeof categories)[number]) =>
  [name, Type.Optional(Type.Enum([...values] as string[]))] as const;
export const PrivacyChange = Type.Object(
  {
    ...Object.fromEntries(categories.map(category)),
    except: Type.Optional(
      Type.Record(Type.String(), Type.Array(numberText, { maxItems: 1000 }), {
        description: 'By category: whom `contact_blacklist` leaves out.',
      }),
    ),
  },
  {
    additionalProperties: Type.String({ description: 'Refused: there is no such category.' }),
    examples: [{ last: 'contacts', profile: 'contact_blacklist', except: { profile: ['628111000002'] } }],
  },
);
export const PrivacySettings = Type.Object({
  ...Object.fromEntries(categories.map(([name]) => [name, Type.String()])),
  except: Type.Record(Type.String(), Type.Array(Type.String())),
});
export const Numbers = Type.Array(Type.String());

const Timelock = Type.Object({
  endsAt: Type.Integer({ minimum: 0, maximum: 99_999_999_999, description: 'Unix seconds.' }),
  type: Type.Optional(Type.String({ maxLength: 64, description: 'Why; default `DEFAULT`.' })),
});
const Capping = Type.Object({
  total: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'How many strangers may be written to.',
  }),
  used: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'How many have been; default 0.' }),
  ),
});
export const LimitsChange = Type.Object(
  {
    reachoutTimelock: Type.Optional(Type.Union([Timelock, Type.Null()])),
    capping: Type.Optional(Type.Union([Capping, Type.Null()])),
  },
  {
    examples: [
      { reachoutTimelock: { endsAt: 1_900_000_000, type: 'BIZ_QUALITY' } },
      { capping: { total: 10 } },
    ],
  },
);
export const Limits = Type.Object({
  reachoutTimelock: Type.Union([Timelock, Type.Null()]),
  capping: Type.Union([Capping, Type.Null()]),
});
