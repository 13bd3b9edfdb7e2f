import { expect, test } from 'vitest';
import { ConfigProblems, describeSettings, readConfig, settings } from './config.ts';

test('without any setting everything has a default', () => {
  const config = readConfig({}, '/srv/multiwa');
  expect(config).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    dataDir: '/srv/multiwa/data',
    databaseUrl: undefined,
    sandbox: 'on',
    leaseSeconds: 10,
    defaultCountry: 'ID',
    production: false,
  });
});

test('in production the server listens to all, runs no sandbox, reaches no private network', () => {
  const config = readConfig({ NODE_ENV: 'production' }, '/srv');
  expect(config).toMatchObject({ host: '0.0.0.0', sandbox: 'off', outboundAllow: [], production: true });
});

test('every problem is told at once, each with the name of its setting', () => {
  const wrong: Record<string, string> = {
    PORT: 'eighty',
    DATABASE_URL: 'mysql://localhost/x',
    ENCRYPTION_KEY: 'short',
    JWT_SECRET: 'short',
    SANDBOX: 'maybe',
    WHATSAPP_URL: 'not a url',
    OUTBOUND_ALLOW: '10.0.0.0/99',
    TRUSTED_PROXIES: 'localhost',
    WEBHOOK_RETRY_SCHEDULE: '5,soon',
    LEASE_SECONDS: '0',
    DEFAULT_COUNTRY: 'Indonesia',
    LOG_LEVEL: 'loud',
  };
  let caught: unknown;
  try {
    readConfig(wrong, '/srv');
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(ConfigProblems);
  const message = (caught as Error).message;
  for (const name of Object.keys(wrong)) expect(message).toContain(name);
  expect(message.split('\n').length).toBe(Object.keys(wrong).length + 1);
});

test.each([
  [{ PORT: '-1' }, 'PORT must be a whole number from 0 to 65535'],
  [{ PORT: '80.5' }, 'PORT must be a whole number'],
  [{ API_PORT: 'x' }, 'API_PORT must be'],
  [{ SANDBOX: 'external', SANDBOX_PORT: '0' }, 'SANDBOX=external needs SANDBOX_PORT'],
  [{ DEFAULT_COUNTRY: 'XX' }, 'DEFAULT_COUNTRY must be'],
])('%j is refused: %s', (env, sentence) => {
  expect(() => readConfig(env as Record<string, string>, '/srv')).toThrow(sentence);
});

test('older names are read when the first is not set; an empty text means not set', () => {
  expect(readConfig({ API_PORT: '4000' }, '/').port).toBe(4000);
  expect(readConfig({ PORT: '', API_PORT: '4000' }, '/').port).toBe(4000);
  expect(readConfig({ PORT: '5000', API_PORT: '4000' }, '/').port).toBe(5000);
  expect(readConfig({ DATA_DIR: '/var/lib/x' }, '/srv').dataDir).toBe('/var/lib/x');
  expect(readConfig({ DEFAULT_COUNTRY: 'de' }, '/').defaultCountry).toBe('DE');
});

test('the reference of settings names each one', () => {
  const reference = describeSettings();
  for (const { name } of Object.values(settings)) expect(reference).toContain(`\`${name}\``);
});
