import { goodPassword, type Owner, type TestDoor } from '../../../test/door.ts';
import type { Permission } from '../../platform/permissions.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

let addresses = 0;
/** An address nobody in this run has. */
export const newAddress = () => `invited${++addresses}@example.net`;

/** What tests of people do, over HTTP. */
export function peopleOf(door: TestDoor) {
  const ask = (as: Owner, method: Method, path: string, payload?: object) =>
    door.ask(method, path, { headers: as.bearer, ...(payload && { payload }) });
  const invite = (as: Owner, more: object = {}) =>
    ask(as, 'POST', '/organizations/members', { email: newAddress(), name: 'Budi', ...more });
  const accept = (token: string, more: object = {}) =>
    door.ask('POST', '/auth/invitations/accept', { payload: { token, password: goodPassword, ...more } });
  return {
    ask,
    invite,
    accept,
    /** Somebody with a role, who came by invitation. */
    async join(as: Owner, more: object = {}): Promise<Owner> {
      const { data: invited } = await invite(as, more);
      const { data } = await accept(invited.token);
      return { ...data, email: data.user.email, bearer: { authorization: `Bearer ${data.accessToken}` } };
    },
    /** A role of the organisation's own. */
    async ownRole(as: Owner, name: string, permissions: Permission[]): Promise<string> {
      const { rows } = await door.house.database.pool.query(
        `insert into roles (id, organization_id, name, permissions, created_at, updated_at)
         values (gen_random_uuid(), $1, $2, $3, now(), now()) returning id`,
        [as.user.organizationId, name, permissions],
      );
      return rows[0].id;
    },
    /** What the log tells of somebody or something, but for signing in. */
    async audit(resourceId: string): Promise<{ action: string; user_id: string; metadata: object }[]> {
      const { rows } = await door.house.database.pool.query(
        'select action, user_id, metadata from audit_logs where resource_id = $1 and action not like $2 order by id',
        [resourceId, 'auth.%'],
      );
      return rows;
    },
  };
}
export type TestPeople = ReturnType<typeof peopleOf>;
