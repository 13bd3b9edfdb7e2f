import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { turnedClock } from '../../test/kit/clock.ts';
import { eventually } from '../../test/kit/eventually.ts';
import type { Actor } from '../platform/actor.ts';

import type { App } from '../platform/feature.ts';
import { checkAccess } from './access.ts';

test('whoever hangs up while their credentials are looked up is a request like any other', async () => {
  const app = fastify() as unknown as App;
  onTestFinished(() => app.close());
  const looked = Promise.withResolvers<Actor>();
  let asked = 0;
  const reached: unknown[] = [];
  checkAccess(app, {
    authenticator: {
      authenticate: () => {
        asked += 1;
        return looked.promise;
      },
    },
    clock: turnedClock(),
    refusalsPerMinute: 10,
  });
  app.get('/mine', { config: { access: 'signed-in' } }, (request) => {
    reached.push(request.actor.origin);
    return {};
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /mine HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\n\r\n');
  await eventually(() => expect(asked).toBe(1));
  socket.destroy();
  await once(socket, 'close');
  await eventually(async () => {
    const open = await new Promise<number>((resolve) => app.server.getConnections((_, n) => resolve(n)));
    expect(open).toBe(0);
  });
  looked.resolve({ kind: 'user', userId: 'u', organizationId: 'o', role: 'owner' } as unknown as Actor);
  await eventually(() => expect(reached).toEqual([{ ipAddress: '0.0.0.0', userAgent: null }]));
});
