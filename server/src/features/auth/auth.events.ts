import Type from 'typebox';
import type { Actor } from '../../platform/actor.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';

const says = {
  password: 'Your password was changed.',
  'two-factor-on': 'Two-factor authentication was switched on.',
  'two-factor-off': 'Two-factor authentication was switched off.',
} as const;

export const accountSecured = defineEvent({
  name: 'account.secured',
  what: 'A person changed how they sign in. Only they are notified; no webhook and no stream carries it.',
  permission: 'profile:read',
  example: { userId: example.userId, change: 'password' },
  body: Type.Object({ userId: Type.String(), change: Type.Enum(Object.keys(says) as (keyof typeof says)[]) }),
  isPublic: false,
  notice: ({ body }) => ({
    kind: 'security',
    title: 'Your account was changed',
    body: `${says[body.change]} If that was not you, reset your password at once.`,
    metadata: { change: body.change },
    onlyTo: body.userId,
  }),
});

/** The event of a change by the person themselves, ready to be recorded. */
export function securedBy(
  { organizationId, userId }: Pick<Actor, 'organizationId' | 'userId'>,
  change: keyof typeof says,
) {
  return { organizationId, profileId: null, body: { userId, change } };
}
