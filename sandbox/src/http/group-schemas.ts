import { Type } from 'typebox';
import { numberText } from './schemas.ts';

const by = Type.String({ description: 'Number of the person who does it; it must be allowed to.' });
const numbers = Type.Array(numberText, { minItems: 1, maxItems: 1023 });
const seconds = Type.Integer({ description: 'Unix seconds.' });

export const GroupParam = Type.Object({
  group: Type.String({ description: 'JID (`…@g.us`) or bare id of a group.' }),
});

export const Group = Type.Object({
  jid: Type.String(),
  subject: Type.String(),
  description: Type.Union([Type.String(), Type.Null()]),
  addressingMode: Type.Union([Type.Literal('lid'), Type.Literal('pn')]),
  creator: Type.String(),
  createdAt: seconds,
  announcement: Type.Boolean({ description: 'Only admins write.' }),
  locked: Type.Boolean({ description: 'Only admins change subject, description and picture.' }),
  ephemeral: Type.Integer({ description: 'Seconds until messages disappear; 0: never.' }),
  everybodyAdds: Type.Boolean(),
  approval: Type.Boolean({ description: 'Who comes by link waits for an admin.' }),
  invite: Type.String({ description: 'Code of the invite link.' }),
  members: Type.Array(
    Type.Object({
      number: Type.String(),
      name: Type.String(),
      role: Type.String(),
      label: Type.Optional(
        Type.String({
          description: 'What the member calls itself here, once a phone of the group has read it.',
        }),
      ),
    }),
  ),
  requests: Type.Array(
    Type.Object({ number: Type.String(), method: Type.String(), by: Type.String(), at: seconds }),
  ),
});
export const Results = Type.Array(
  Type.Object({
    number: Type.String(),
    status: Type.Integer({ description: '200, or the code of the refusal.' }),
  }),
);

export const MadeGroup = Type.Object({ ...Group.properties, results: Results });
export const GroupsQuery = Type.Object({
  number: Type.Optional(Type.String({ description: 'Only groups this person is in.' })),
});

export const NewGroup = Type.Object(
  {
    by,
    subject: Type.String({ minLength: 1, maxLength: 100 }),
    members: Type.Array(numberText, { maxItems: 1023 }),
    addressingMode: Type.Optional(
      Type.Enum(['lid', 'pn'], {
        description: 'How its stanzas name people; left out: as groups made by clients.',
      }),
    ),
  },
  { examples: [{ by: '628111000001', subject: 'Bakery', members: ['628111000002', '628111000003'] }] },
);

export const ParticipantsChange = Type.Object(
  {
    by,
    action: Type.Enum(['add', 'remove', 'promote', 'demote']),
    numbers,
  },
  { examples: [{ by: '628111000001', action: 'add', numbers: ['628111000004'] }] },
);
export const GroupChange = Type.Object(
  {
    by,
    subject: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    description: Type.Optional(Type.Union([Type.String({ maxLength: 2048 }), Type.Null()])),
    announcement: Type.Optional(Type.Boolean()),
    locked: Type.Optional(Type.Boolean()),
    ephemeral: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Seconds until new messages disappear; 0: never.' }),
    ),
    everybodyAdds: Type.Optional(Type.Boolean()),
    approval: Type.Optional(Type.Boolean()),
  },
  { examples: [{ by: '628111000001', subject: 'Bakery, early shift', announcement: true }] },
);
export const By = Type.Object({ by }, { examples: [{ by: '628111000001' }] });
export const Join = Type.Object(
  {
    number: numberText,
    code: Type.String({
      description:
        'Code of the invite link, or the whole link; with `group`, the code of a personal invitation.',
    }),
    group: Type.Optional(
      Type.String({ description: 'JID or bare id of the group that the personal invitation is to.' }),
    ),
  },
  { examples: [{ number: '628111000005', code: 'https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv' }] },
);
export const Joined = Type.Object({
  jid: Type.String(),
  joined: Type.Boolean({ description: 'False: an admin has to approve.' }),
});
export const Decision = Type.Object(
  { by, action: Type.Enum(['approve', 'reject']), numbers },
  { examples: [{ by: '628111000001', action: 'approve', numbers: ['628111000005'] }] },
);
export const Invite = Type.Object({ code: Type.String(), link: Type.String() });
