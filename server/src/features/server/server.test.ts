import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestDoor } from '../../../test/door.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open({ NODE_ENV: 'production' });
});
afterAll(() => door?.close());

test('a page learns before anybody signs in what the server is, and nothing of anybody', async () => {
  expect((await door.ask('GET', '/server')).data).toEqual({
    version: '9.8.7',
    registration: { open: true, hasOrganization: false },
    password: { lengthMin: 8, lengthMax: 256 },
    sandbox: false,
    mail: false,
    push: true,
    ai: true,
    engines: ['baileys'],
    limits: {
      requestsPerMinute: 1200,
      bodyBytesMax: expect.any(Number),
      mediaBytesMax: expect.any(Number),
      mediaBase64BytesMax: expect.any(Number),
    },
  });
});

test('registration closes by itself in production once somebody is there, and else as it is set', async () => {
  await door.register();
  const open = async (env: Record<string, string>) => {
    const node = await door.node(env);
    const { data } = (await node.inject('/api/v1/server')).json();
    await node.close();
    return data;
  };
  expect((await door.ask('GET', '/server')).data.registration).toEqual({
    open: false,
    hasOrganization: true,
  });
  expect((await open({})).registration).toEqual({ open: true, hasOrganization: true });
  const closed = await open({
    REGISTRATION: 'closed',
    SMTP_HOST: 'mail.example',
    SMTP_FROM: 'us@mail.example',
  });
  expect(closed).toMatchObject({ mail: true, registration: { open: false, hasOrganization: true } });
  const { registration } = await open({ NODE_ENV: 'production', REGISTRATION: 'open' });
  expect(registration).toEqual({ open: true, hasOrganization: true });
});
