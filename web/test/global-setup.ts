import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { browserPath } from './browser-path.ts';
import { openPostOffice, type PostOffice } from './post-office.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the server that all files share; each test makes an organization of its own there. */
    serverUrl: string;
    /** Of the network behind it. */
    sandboxUrl: string;
    /** Of the post office that has its letters. */
    lettersUrl: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Once per run: the dashboard as it is shipped with the preview of its parts, and the server with its sandbox as `npm start` starts them. */
export const setup = (project: TestProject) => begin(project, 'production');

/** The same with the dashboard built for an environment: without one Vite takes the tests' own. */
export async function begin(
  project: TestProject,
  environment: 'production' | 'development',
): Promise<() => Promise<void>> {
  project.provide('serverUrl', '');
  project.provide('sandboxUrl', '');
  project.provide('lettersUrl', '');
  if (browserPath === undefined) {
    console.warn(
      '\nNo browser: journeys are skipped. Install chromium, or say where one is: CHROMIUM=/path\n',
    );
    return async () => undefined;
  }
  await run('node_modules/.bin/vite', ['build', 'web', '--mode', 'preview', '--logLevel', 'warn'], {
    NODE_ENV: environment,
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-web-'));
  // PostgreSQL runs as another user, who has to get in.
  await chmod(dataDir, 0o755);
  const post = await openPostOffice();
  const server = startServer(dataDir, post);
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      await gone;
    }
    await post.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const said = await addressesOf(server);
    project.provide('serverUrl', said.server);
    project.provide('sandboxUrl', said.sandbox);
    project.provide('lettersUrl', post.url);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function run(program: string, args: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(join(root, program), args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ended with ${code}.`);
}

function startServer(dataDir: string, post: PostOffice): ChildProcess {
  const child = spawn(process.execPath, ['server/src/main.ts'], {
    cwd: root,
    env: {
      ...{
        PATH: process.env.PATH ?? '',
        MALLOC_ARENA_MAX: '2',
        LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'error',
      },
      ...{ PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir, HOST: '127.0.0.1' },
      ...post.env,
      // All visitors come from one address.
      ...{ REQUESTS_PER_MINUTE: '0' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const orphan = () => child.kill('SIGTERM');
  process.once('exit', orphan);
  child.once('exit', () => process.off('exit', orphan));
  return child;
}

/** Where the server and its sandbox are, from what it says when it is ready. */
function addressesOf(child: ChildProcess): Promise<{ server: string; sandbox: string }> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (text: Buffer) => {
      said += text.toString();
      const server = /API\s+(http:\/\/[\w.:[\]-]+)\/api/.exec(said)?.[1];
      const sandbox = /Sandbox\s+(http:\/\/[\w.:[\]-]+)\/api/.exec(said)?.[1];
      if (server && sandbox) resolve({ server, sandbox });
    });
    child.once('exit', () => reject(new Error(`The server ended at its start:\n${said}`)));
  });
}
