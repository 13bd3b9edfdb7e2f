import { sql } from 'kysely';
import { allowErasing } from '../../platform/audit/audit-logs.store.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofEverybody, type Section } from '../../platform/keeps/section.ts';

const invitationsSent: Section = {
  name: 'invitationsSent',
  place: 60,
  table: 'invitations',
  columns: ['id', 'organization_id', 'role_id', 'delivery', 'invited_by', 'created_at', 'expires_at'],
  withheld: {
    email: 'about the one who was invited',
    name: 'about the one who was invited',
    token_hash: 'it stands for the link',
  },
  key: [['id', 'uuid']],
  of: ({ userId, organizationId }) => sql`invited_by = ${userId} and organization_id = ${organizationId}`,
};

export const organizationKeeps: Keeps = {
  sections: {
    person: [invitationsSent],
    organization: [
      {
        name: 'organization',
        place: 110,
        table: 'organizations',
        columns: [
          'id',
          'name',
          'slug',
          'plan',
          'settings',
          'default_country',
          'erasing_at',
          'created_at',
          'updated_at',
        ],
        key: [['id', 'uuid']],
        isSingle: true,
        of: ({ organizationId }) => sql`id = ${organizationId}`,
      },
      ofEverybody(invitationsSent, {
        name: 'invitations',
        place: 180,
        columns: [
          'id',
          'organization_id',
          'email',
          'name',
          'role_id',
          'delivery',
          'invited_by',
          'created_at',
          'expires_at',
        ],
        withheld: { token_hash: 'it stands for the link' },
      }),
    ],
  },
  ofPerson: [
    {
      place: 60,
      async erase(tx, { organizationId, email }) {
        const { numDeletedRows } = await tx
          .deleteFrom('invitations')
          .where('organization_id', '=', organizationId)
          .where('email', '=', email)
          .executeTakeFirst();
        return Number(numDeletedRows);
      },
    },
  ],
  hiding: [
    {
      place: 10,
      // From here on nobody sees anything of it.
      async hide(tx, organizationId, now) {
        await tx
          .updateTable('organizations')
          .set({ erasing_at: now, updated_at: now })
          .where('id', '=', organizationId)
          .execute();
      },
    },
    {
      place: 40,
      async hide(tx, organizationId) {
        await tx.deleteFrom('invitations').where('organization_id', '=', organizationId).execute();
      },
    },
  ],
  rows: [
    {
      place: 180,
      table: 'organizations',
      // With the few rows that are left, also in the audit log.
      erase: (db, organizationId) =>
        inTransaction(db, async (tx) => {
          await allowErasing(tx);
          const { numDeletedRows } = await tx
            .deleteFrom('organizations')
            .where('id', '=', organizationId)
            .where('erasing_at', 'is not', null)
            .executeTakeFirst();
          return Number(numDeletedRows);
        }),
    },
  ],
};
