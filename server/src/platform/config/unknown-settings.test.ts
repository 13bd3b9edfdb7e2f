import { expect, test } from 'vitest';
import { unknownSettings } from './unknown-settings.ts';

test.each([
  ['SMPT_HOST', 'SMTP_HOST'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['ENCRYPTON_KEY', 'ENCRYPTION_KEY'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['DATADIR', 'DATA_DIR'],
  ['PUBLIC_URI', 'PUBLIC_URL'],
  ['webhook_timeout_ms', 'WEBHOOK_TIMEOUT_MS'],
])('a variable %s is named at the start, and that %s may be meant', (name, meant) => {
  expect(unknownSettings({ [name]: 'x' })).toEqual([
    `${name} is no setting and does nothing: is ${meant} meant?`,
  ]);
});

test('what begins like a setting of ours and is none is named, and all of it at once', () => {
  const env = { WEBHOOK_RETRIES: '3', TRUSTED_PROXY: '10.0.0.1', MULTIWA_PORT_NUMBER: '1', PORT: '1' };
  expect(unknownSettings(env)).toEqual([
    'MULTIWA_PORT_NUMBER is no setting and does nothing.',
    'TRUSTED_PROXY is no setting and does nothing.',
    'WEBHOOK_RETRIES is no setting and does nothing.',
  ]);
});

test('the environment of other programs and of container platforms is left alone', () => {
  const names =
    'PATH HOME HOSTNAME LANG NODE_ENV npm_config_cache PWD DATABASE_HOST API_TOKEN SANDBOX_HOST SANDBOX_IDLE_EXIT_SECONDS ' +
    'WEBHOOK_SERVICE_HOST WEBHOOK_PORT_8080_TCP WEBHOOK_PORT WEBHOOK_PORT_8080_TCP_ADDR API_HOST API_PORT SMTP_PORT TEST_DATABASE_URL';
  expect(unknownSettings(Object.fromEntries(names.split(' ').map((name) => [name, '1'])))).toEqual([]);
});
