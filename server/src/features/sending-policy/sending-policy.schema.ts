import Type, { type Static } from 'typebox';
import { Nullable } from '../../http/schema.ts';

const Time = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', examples: ['08:00'] });
const Hours = Nullable(
  Type.Object(
    { from: Time, to: Time },
    {
      description:
        'When messages may go out, by the clocks of who receives them: their `metadata.timeZone`, or else where their number is ' +
        'from. Of a number that may be in several zones all must be within; where that is never, the organization’s clocks count.',
      examples: [{ from: '08:00', to: '21:00' }],
    },
  ),
);
const count = (most: number, description: string) =>
  Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: most, description })));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

const forCampaigns = {
  consent: flag('Only who has agreed to marketing is written to.'),
  numberCheck: flag('Numbers that are known not to be on WhatsApp are left out.'),
  hours: Type.Optional(Hours),
  marketingPerDay: count(1_000, 'Marketing to one person in a day, from all profiles of the organization.'),
  marketingPerWeek: count(10_000, 'The same within seven days.'),
  overCap: Type.Optional(
    Type.Enum(['defer', 'skip'] as const, {
      description: 'Whoever would get too much waits for another day, or is left out.',
    }),
  ),
  sameTextHours: count(720, 'The same text is not sent again to a person within so many hours.'),
  trouble: flag('Pauses by itself when too many messages are refused or not delivered, or too many opt out.'),
};

/** What a campaign may say for itself; what it leaves out is as its profile says. */
export const CampaignPolicy = Type.Object(
  { ...forCampaigns, groups: flag('Groups are written to, too.') },
  { title: 'CampaignPolicy', examples: [{ hours: { from: '08:00', to: '21:00' }, marketingPerDay: 1 }] },
);

const WarmUp = Nullable(
  Type.Object(
    {
      startPerDay: Type.Integer({ minimum: 1, maximum: 100_000, examples: [20] }),
      rampDays: Type.Integer({ minimum: 1, maximum: 365, examples: [14] }),
      growth: Type.Optional(Type.Enum(['linear', 'doubling'] as const)),
      startedOn: Type.Optional(
        Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'The first day; today unless said.' }),
      ),
    },
    { description: 'How many strangers a new number may write to, growing day by day.' },
  ),
);
const ofProfiles = {
  ...forCampaigns,
  optOuts: flag('Who has opted out of marketing is sent none; on unless switched off here.'),
  serviceWindowHours: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 8_760,
      description: 'Who wrote within so many hours is no stranger.',
    }),
  ),
  also: Type.Optional(
    Type.Array(Type.Enum(['api', 'schedule', 'automation'] as const), {
      ...{ maxItems: 3, uniqueItems: true },
      description:
        'Which other messages keep to this, too: those of programs, scheduled ones, those of automations. What may not be sent is ' +
        'refused (`SENDING_POLICY`), what may be later waits in the queue. Takes effect within two seconds. Empty unless set.',
    }),
  ),
  coldDailyLimit: count(1_000_000, 'Strangers that are written to in a day of the organization’s calendar.'),
  warmUp: Type.Optional(WarmUp),
};
export const SetSendingPolicy = Type.Object(ofProfiles, {
  title: 'SetSendingPolicy',
  description: 'What is absent stays; null is off.',
  examples: [{ hours: { from: '08:00', to: '21:00' }, coldDailyLimit: 200 }],
});
export const SendingPolicy = Type.Object(
  {
    ...Object.fromEntries(Object.entries(ofProfiles)),
    trouble: Type.Boolean(),
  },
  { title: 'SendingPolicy', additionalProperties: true },
);

export type CampaignPolicyFields = Static<typeof CampaignPolicy>;
export type SetSendingPolicyBody = Static<typeof SetSendingPolicy>;
