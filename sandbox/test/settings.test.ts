import { expect, test } from 'vitest';
import { startFrom } from '../src/environment.ts';

test('settings that are wrong stop the start: each is named with what it may be, all at once', () => {
  const wrong = {
    SANDBOX_PORT: '99999',
    SANDBOX_GROUP_ADDRESSING: 'PN',
    SANDBOX_PREKEYS: 'many',
    SANDBOX_COMPANIONS_MAX: '-1',
  };
  expect(() => startFrom(wrong)).toThrow(
    [
      'SANDBOX_PORT is a whole number from 0 to 65535, not "99999".',
      'SANDBOX_PREKEYS is "few" or "realistic", not "many".',
      'SANDBOX_GROUP_ADDRESSING is "lid" or "pn", not "PN".',
      'SANDBOX_COMPANIONS_MAX is a whole number of at least 0, not "-1".',
    ].join('\n'),
  );
});

test('settings that are right are taken, and those left out or empty are as documented', () => {
  const given = {
    SANDBOX_PORT: '0',
    SANDBOX_PREKEYS: 'realistic',
    SANDBOX_GROUP_ADDRESSING: 'pn',
    SANDBOX_SEED: '',
  };
  expect(startFrom(given)).toMatchObject({
    idleSeconds: 0,
    settings: {
      port: 0,
      host: '127.0.0.1',
      realisticPreKeys: true,
      groupMode: 'pn',
      companionsMax: 4,
      seed: undefined,
    },
  });
  expect(startFrom({}).settings).toMatchObject({ port: 3900, realisticPreKeys: false, groupMode: 'lid' });
});
