/**
 * A process of its own that uses the PostgreSQL of a data folder: `node embedded-process.ts <dataDir> [lingerSeconds]`.
 * Prints what it found as one line of JSON, then waits; ends well when its standard input closes.
 */
import { once } from 'node:events';
import { startEmbedded } from '../src/platform/db/embedded/index.ts';
import { silentLog } from '../src/platform/log.ts';

const server = await startEmbedded({
  dataDir: process.argv[2] ?? '',
  log: silentLog,
  settings: { fsync: 'off' },
  lingerSeconds: Number(process.argv[3] ?? 30),
});
process.stdout.write(`${JSON.stringify({ adopted: server.adopted, firstStart: server.firstStart })}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
await server.stop();
