import { expect, test } from 'vitest';
import type { Account, Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Notifications } from '../router/notifications.ts';
import { node } from '../wire/node.ts';
import { DeviceCheck } from './device-check.ts';
import type { StrictnessSetting } from './strictness.ts';

const person = (number: string): Account =>
  ({ number, nextDevice: 3000, devices: new Map(), devicesChangedAt: 0 }) as unknown as Account;

test('a long list of devices that are gone costs one look at the sender’s mail, a true one none', () => {
  const [anna, ben] = [person('628'), person('629')];
  let looks = 0;
  const awaitsDevices = (): boolean => {
    looks += 1;
    return true;
  };
  const resolve = (jid = ''): Address => ({ account: ben, device: Number(jid.split(':')[1] ?? 0) });
  const check = new DeviceCheck({
    directory: { resolve } as unknown as Directory,
    mailbox: { awaitsDevices } as unknown as Mailbox,
    notifications: {} as Notifications,
    strictness: { now: { deviceGraceSeconds: 15 } } as StrictnessSetting,
  });
  const found: string[] = [];
  const look = (devices: number[]): void => {
    const listed = devices.map((device) => node('to', { jid: `629:${device}` }));
    const message = node('message', { to: '1@g.us' }, [node('participants', {}, listed)]);
    check.look({ account: anna, device: 1 }, undefined, message, (name) => found.push(name));
  };
  look([0]);
  expect(looks).toBe(0);
  look(Array.from({ length: 2000 }, (_, index) => index + 1));
  expect([looks, found]).toEqual([1, []]);
});
