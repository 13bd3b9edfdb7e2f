import { readFileSync, writeFileSync } from 'node:fs';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { compose, type Platform } from '../src/compose.ts';
import { createHttp } from '../src/http/create-http.ts';
import { openapiDocument } from '../src/http/reference.ts';
import { systemClock } from '../src/platform/clock.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { createVault } from '../src/platform/crypto.ts';
import type { Tables } from '../src/platform/db/tables.ts';
import { silentLog } from '../src/platform/log.ts';
import { version } from '../src/version.ts';

/**
 * Writes `server/openapi.json` from the routes as they are mounted; with `--check` it only tells whether the
 * committed file is the same. Nothing is started: the document needs the routes, not a database.
 */
const path = new URL('../openapi.json', import.meta.url);

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (any) => new PostgresIntrospector(any),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const platform = {
  config: readConfig({}, '/'),
  log: silentLog,
  clock: systemClock,
  db,
  vault: createVault(Buffer.alloc(32)),
  nodeId: 'none',
  version,
  idempotency: {},
  eventLog: { tail: () => async () => undefined },
  talk: { tell: () => undefined, hear: () => undefined },
  sandbox: { url: undefined, port: undefined, socketUrl: () => '', unavailable: () => null },
} as unknown as Platform;
const house = compose(platform);
const app = await createHttp({ ...platform, authenticator: house.authenticator, features: house.features });
await app.ready();
const text = `${JSON.stringify(await openapiDocument(app), null, 2)}\n`;

if (process.argv.includes('--check')) {
  const committed = readFileSync(path, 'utf8');
  if (committed !== text) {
    console.error('server/openapi.json is not what the server answers: run `npm run openapi` and commit it.');
    process.exit(1);
  }
} else {
  writeFileSync(path, text);
  console.log(`server/openapi.json: ${Object.keys(JSON.parse(text).paths).length} paths`);
}
process.exit(0);
