import { afterAll, beforeAll, expect } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomers,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { agreesWithNetwork } from './testing.ts';

export const of = (group: string, path = '') => `/groups/${encodeURIComponent(group)}${path}`;

/** A server with one profile on the network, for the tests of a file, and what its groups are asked. */
export function setGroups() {
  let house: House;
  let tenant: Tenant;
  let profile: ConnectedProfile;
  beforeAll(async () => {
    house = await openHouse();
    tenant = await newTenant(house.api);
    profile = await connectedProfile(tenant, house.sandbox);
  });
  afterAll(() => house?.close());
  const own = () => profile.phone.number;
  const customers = (count: number) => newCustomers(house.sandbox, count);
  const list = (query = '') => tenant.key.get(`/groups/profile/${profile.id}${query}`);
  const ask = (method: string, path: string, body?: object, headers?: Record<string, string>) =>
    tenant.key.call(method, path, body && { profileId: profile.id, ...body }, headers);
  return {
    house: () => house,
    tenant: () => tenant,
    profile: () => profile,
    ...{ own, customers, list, ask },
    agrees: (group: string) => agreesWithNetwork(tenant.key, house.sandbox, profile.id, group),
    withProfile: (path: string) => `${path}?profileId=${profile.id}`,
    /** A group of ours with others in it. */
    async ours(count = 2) {
      const people = await customers(count);
      const answer = await ask('POST', '/groups', {
        name: 'Bakers',
        participants: people.map(({ number }) => number),
      });
      expect(answer.status).toBe(201);
      return { id: answer.data.id as string, people, made: answer.data };
    },
    /** A group of somebody else that we are in. */
    async theirs(mode = 'lid') {
      const [admin, member] = await customers(2);
      const by = admin?.number ?? '';
      const id = await house.sandbox.group(by, 'Theirs', [own(), member?.number ?? ''], mode);
      await until('it is known', async () => (await list()).some((group: { id: string }) => group.id === id));
      return { id, admin: by, member: member?.number ?? '' };
    },
  };
}
