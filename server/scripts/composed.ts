import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { compose, type Platform } from '../src/compose.ts';
import { systemClock } from '../src/platform/clock.ts';
import { readConfig } from '../src/platform/config/config.ts';
import { createVault } from '../src/platform/crypto.ts';
import type { Tables } from '../src/platform/db/tables.ts';
import { silentLog } from '../src/platform/log.ts';
import { version } from '../src/version.ts';

/** All features with nothing started: what is printed from code needs what they declare, not a database. */
const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (any) => new PostgresIntrospector(any),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
export const platform = {
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
export const house = compose(platform);
