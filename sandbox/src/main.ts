import { startFrom, WrongSettings } from './environment.ts';
import { startSandbox } from './index.ts';

const IDLE_CHECK_MS = 1000;

function say(line: string, error?: unknown): void {
  const cause = error instanceof Error ? `: ${error.stack ?? error.message}` : '';
  process.stderr.write(`${line}${cause}\n`);
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
  const { settings, idleSeconds } = startFrom(process.env);
  const sandbox = await startSandbox({ ...settings, log: say });
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
  if (error instanceof WrongSettings) say(error.message);
  else say('The sandbox could not start', error);
  process.exit(1);
});
