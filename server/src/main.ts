import './small-heap.ts';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCache } from './compile-cache.ts';
import type { Gateway } from './gateway.ts';
import { ConfigProblems, readConfig } from './platform/config/config.ts';
import { unknownSettings } from './platform/config/unknown-settings.ts';
import { createLog } from './platform/log.ts';
import { version } from './version.ts';
import { welcome } from './welcome.ts';

const here = dirname(fileURLToPath(import.meta.url));
/** Shipped, both programs lie side by side; in the repository each runs from its own source. */
const isBundle = existsSync(join(here, 'sandbox.js'));
const root = isBundle ? process.cwd() : join(here, '..', '..');
const sandboxProgram = isBundle ? join(here, 'sandbox.js') : join(root, 'sandbox', 'src', 'main.ts');
const webFolder = isBundle ? join(here, 'web') : join(root, 'web', 'dist');

/** Said by `npm start`: the dashboard of the repository is built when it is not there, or older than its sources. */
const buildWord = '--build-dashboard';

const drainMsMax = 15_000;

async function run(): Promise<void> {
  const config = readConfig(process.env, root);
  const log = createLog(config.logLevel);
  const words = process.argv.slice(2).filter((word) => word !== buildWord);
  if (words.length > 0) {
    // Ends by `exit`, where what is half written is removed.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
    const { runCommand } = await import('./backup/command.ts');
    return runCommand({ words, config, version, log, out: process.stderr });
  }
  const unknown = unknownSettings(process.env);
  for (const sentence of unknown) log.warn(sentence);
  let gateway: Gateway | undefined;
  const ending = new AbortController();
  const end = (signal: string) => {
    if (ending.signal.aborted) return;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), drainMsMax).unref();
    // A start that is under way takes down what it has started and then fails with the signal's reason.
    ending.abort(new Error('stopped while starting'));
    void gateway?.close().finally(() => process.exit(0));
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  // The protocol library leaves some promises to themselves. Everything that matters is in the database, so one
  // connection's trouble must not end the process and with it all the others.
  process.on('unhandledRejection', (error) =>
    log.error({ err: error }, 'a promise failed that nobody waits for'),
  );
  const { signal } = ending;
  // A command needs none of it.
  const { startGateway } = await import('./gateway.ts');
  const sandboxCommand = [process.execPath, sandboxProgram];
  const build =
    process.argv.includes(buildWord) && !isBundle
      ? await import('./dashboard-build.ts').then(({ dashboardBuild }) => dashboardBuild(root))
      : undefined;
  const dashboard = { folder: webFolder, isBeingBuilt: build?.isUnderWay };
  gateway = await startGateway({ config, log, sandboxCommand, dashboard, compileCache, signal }).catch(
    (error: unknown) => {
      if (signal.aborted) process.exit(0);
      throw error;
    },
  );
  build?.begin(log);
  // Since the process began: loading the modules is most of a start.
  const seconds = process.uptime();
  const hasDashboard = build?.isUnderWay() || existsSync(join(webFolder, 'index.html'));
  process.stdout.write(welcome({ gateway, config, version, seconds, unknown, hasDashboard }));
}

run().catch((error: unknown) => {
  const [command] = process.argv.slice(2).filter((word) => word !== buildWord);
  const failed = command === undefined ? '\nMultiWA could not start.\n' : `\nThe ${command} failed.\n`;
  process.stderr.write(`${failed}\n${explain(error)}\n`);
  process.exit(1);
});

/** A sentence where we have one, everything where we have none. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    const { port } = error as { port?: number };
    return `Port ${port} is taken, perhaps by another MultiWA. Choose another one: PORT=${(port ?? 3000) + 1} npm start`;
  }
  if (error instanceof ConfigProblems) return error.message;
  const isOurs = [
    'DatabaseUnusable',
    'WrongKey',
    'FolderTaken',
    'RestoreUnfinished',
    'BackupProblem',
  ].includes(error.name);
  return isOurs ? error.message : (error.stack ?? error.message);
}
