import Type, { type Static } from 'typebox';
import { Absentable } from '../../../http/schema.ts';
import { Password } from '../fields.ts';

export const ChangePasswordBody = Type.Object(
  {
    currentPassword: Password,
    newPassword: Password,
    revokeApiKeys: Absentable(
      Type.Boolean({ description: "Delete this person's API keys too; absent means keep them." }),
    ),
  },
  {
    title: 'ChangePassword',
    examples: [{ currentPassword: 'three blue bicycles', newPassword: 'four green scooters' }],
  },
);
export type PasswordChange = Static<typeof ChangePasswordBody>;
