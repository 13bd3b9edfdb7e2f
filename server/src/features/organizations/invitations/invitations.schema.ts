import Type, { type Static } from 'typebox';
import { Absentable, Timestamp } from '../../../http/schema.ts';
import { PersonName } from '../members/members.schema.ts';

const Token = Type.String({ maxLength: 200, examples: ['Wq3…'] });

export const LookAtInvitation = Type.Object(
  { token: Token },
  { title: 'LookAtInvitation', examples: [{ token: 'Wq3…' }] },
);

export const Invitation = Type.Object(
  {
    email: Type.String({ examples: ['budi@example.com'] }),
    name: Type.String({ examples: ['Budi'] }),
    organizationName: Type.String({ examples: ['Corner Bakery'] }),
    role: Type.String({ examples: ['member'] }),
    roleName: Type.String({ examples: ['Member'] }),
    expiresAt: Timestamp,
  },
  { title: 'Invitation' },
);

export const AcceptInvitation = Type.Object(
  {
    token: Token,
    password: Type.String({ maxLength: 1024, examples: ['three blue bicycles'] }),
    name: Absentable(PersonName),
  },
  { title: 'AcceptInvitation', examples: [{ token: 'Wq3…', password: 'three blue bicycles', name: 'Budi' }] },
);
export type Acceptance = Static<typeof AcceptInvitation>;
