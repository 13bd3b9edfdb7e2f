import { Type } from 'typebox';

const numberText = Type.String({
  description: 'Phone number as digits; `+`, separators and `@c.us` are accepted.',
});
const time = Type.Integer({ description: 'Unix milliseconds.' });

export const CallParam = Type.Object({ number: numberText, id: Type.String({ maxLength: 64 }) });
export const NewCall = Type.Object(
  {
    to: numberText,
    video: Type.Optional(Type.Boolean()),
    group: Type.Optional(
      Type.String({ pattern: '^[0-9-]+@g\\.us$', description: 'JID of the group this call is for.' }),
    ),
    ringSeconds: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 600,
        description: 'Rings so long when nobody answers; default 45.',
      }),
    ),
  },
  { examples: [{ to: '628111000002', video: true, ringSeconds: 5 }] },
);
export const CallAct = Type.Object(
  {
    action: Type.Enum(['accept', 'reject', 'terminate', 'timeout'], {
      description:
        '`accept` and `reject` are for the callee, `timeout` (it has rung long enough) for the caller, `terminate` (hang up) for both.',
    }),
  },
  { examples: [{ action: 'terminate' }] },
);
export const Call = Type.Object({
  id: Type.String(),
  caller: Type.String(),
  callerDevice: Type.Integer({ description: '0: the phone.' }),
  callee: Type.String(),
  video: Type.Boolean(),
  group: Type.String({ description: 'JID of the group; empty when it is one person.' }),
  offered: Type.Boolean({ description: 'False: the callee does not want this caller and was not told.' }),
  status: Type.Enum(['ringing', 'accepted', 'rejected', 'missed', 'cancelled', 'ended']),
  startedAt: time,
  ringsUntil: time,
  answeredBy: Type.Optional(Type.Integer({ description: 'Device of the callee that answered.' })),
  endedAt: Type.Optional(time),
});
const CallLink = Type.Object({ token: Type.String(), media: Type.String(), createdAt: time });
export const CallList = Type.Object({ calls: Type.Array(Call), links: Type.Array(CallLink) });
