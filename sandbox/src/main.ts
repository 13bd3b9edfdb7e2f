import { resolve } from 'node:path';
import { MEDIA_DEFAULTS, startSandbox } from './index.ts';

const IDLE_CHECK_MS = 1000;

function say(line: string, error?: unknown): void {
  const cause = error instanceof Error ? `: ${error.stack ?? error.message}` : '';
  process.stderr.write(`${line}${cause}\n`);
}

function numberFrom(name: string, fallback: number): number {
  const text = process.env[name];
  const value = text === undefined || text === '' ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not "${text}"`);
  return value;
}

function listFrom(name: string): string[] {
  const parts = (process.env[name] ?? '').split(',');
  return parts.map((each) => each.trim()).filter((each) => each !== '');
}

/** What nobody has caught may have left anything half done, or be a disk that is full: it is said, and the process ends. */
function endOnWhatNobodyCaught(): void {
  process.on('uncaughtException', (error) => {
    say('The sandbox failed and ends', error);
    process.exit(1);
  });
}

/** Runs one sandbox as a process: settings from the environment, an address line when it listens, an end on SIGTERM. */
async function run(): Promise<void> {
  const idleSeconds = numberFrom('SANDBOX_IDLE_EXIT_SECONDS', 0);
  const sandbox = await startSandbox({
    port: numberFrom('SANDBOX_PORT', 3900),
    host: process.env.SANDBOX_HOST || '127.0.0.1',
    hostNames: listFrom('SANDBOX_HOST_NAMES'),
    dataDir: resolve(process.env.SANDBOX_DATA_DIR || 'data/sandbox'),
    instanceId: process.env.SANDBOX_INSTANCE_ID || undefined,
    realisticPreKeys: process.env.SANDBOX_PREKEYS === 'realistic',
    groupMode: process.env.SANDBOX_GROUP_ADDRESSING === 'pn' ? 'pn' : 'lid',
    mockGroup: process.env.SANDBOX_MOCK_GROUP,
    recentMessagesMax: numberFrom('SANDBOX_HISTORY_RECENT', 100_000),
    companionsMax: numberFrom('SANDBOX_COMPANIONS_MAX', 4),
    seed: process.env.SANDBOX_SEED,
    mediaFileBytesMax: numberFrom('SANDBOX_MEDIA_FILE_BYTES_MAX', MEDIA_DEFAULTS.fileBytesMax),
    mediaTotalBytesMax: numberFrom('SANDBOX_MEDIA_TOTAL_BYTES_MAX', MEDIA_DEFAULTS.totalBytesMax),
    log: say,
  });
  process.stdout.write(`Sandbox network on ${sandbox.url} (documentation at ${sandbox.url}/api/docs)\n`);
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    sandbox.close().then(
      () => process.exit(0),
      (error) => {
        say('The sandbox did not end cleanly', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (idleSeconds > 0) {
    setInterval(() => {
      if (sandbox.keepers.idleMs() > idleSeconds * 1000) end();
    }, IDLE_CHECK_MS);
  }
}

endOnWhatNobodyCaught();
run().catch((error: unknown) => {
  say('The sandbox could not start', error);
  process.exit(1);
});
