import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/platform/db/embedded/index.ts';
import { silentLog } from '../src/platform/log.ts';

export interface TestServer {
  /** URL of its `postgres` database. */
  url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own in the system's temporary folder: quick, forgetful, and gone with this process. */
export async function startTestServer(): Promise<TestServer> {
  const dir = await mkdtemp(join(tmpdir(), 'mwa-test-'));
  // The user the server runs as must get through; what is inside is closed by PostgreSQL itself.
  await chmod(dir, 0o711);
  const janitor = startJanitor(dir);
  const server = await startEmbedded({
    dataDir: dir,
    log: silentLog,
    stopOnClose: false,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '300',
      autovacuum: 'off',
      // The kernel copies the template's files; see `createDatabase`.
      file_copy_method: 'clone',
      wal_level: 'minimal',
      max_wal_senders: '0',
      checkpoint_timeout: '1h',
      io_method: 'sync',
    },
  }).catch((error: unknown) => {
    janitor.stdin?.end();
    throw error;
  });
  janitor.stdin?.write(`${server.databaseDir}\n`);
  const { host } = server.poolConfig('postgres');
  return {
    url: `postgres://multiwa@localhost/postgres?host=${encodeURIComponent(host ?? '')}`,
    async stop() {
      await server.stop();
      const gone = once(janitor, 'exit');
      janitor.stdin?.end();
      await gone;
    },
  };
}

/**
 * Ends the server and removes its folder when our end of the pipe closes, which it does however this process
 * ends: a second Ctrl-C and `kill -9` leave nothing behind.
 */
function startJanitor(dir: string): ChildProcess {
  const script = `
    trap '' INT HUP TERM
    database="$1/postgres"
    while read -r line; do database="$line"; done
    [ "$2" = keep ] && exit
    if read -r pid <"$database/postmaster.pid"; then
      socket=$(sed -n 5p "$database/postmaster.pid")
      kill -QUIT "$pid"
      turns=0
      while [ -e "$database/postmaster.pid" ] && [ $((turns += 1)) -lt 200 ]; do sleep 0.05; done
      rm -rf "$socket"
    fi
    rm -rf "$1" "$database" "$database".* || { sleep 1; rm -rf "$1"; }`;
  const keep = process.env.KEEP_TEST_DB === '1' ? 'keep' : 'remove';
  return spawn('sh', ['-c', script, 'janitor', dir, keep], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
}
