import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestSandbox } from '../test/sandbox.ts';
import { newTenant } from '../test/tenant.ts';
import { type BenchGateway, type Program, source, startGateway } from './gateway.ts';
import type { Size } from './size.ts';
import { type Stage, stageOf } from './stage.ts';
import { countStatements } from './statements.ts';

/** What groups of rows begin things with; all of it ends with `close`. */
export interface Rig {
  /** A new network, and a gateway on a new database that counts its statements, with an organisation. */
  onStage(play: (stage: Stage) => Promise<void>, program?: Program): Promise<void>;
  /** What `npm run build` makes, made once. */
  bundle(): Program;
  /** An empty folder for data. */
  folder(): string;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export function createRig({ settleMsMax }: Pick<Size, 'settleMsMax'>): Rig {
  const folders: string[] = [];
  /** What runs now, to be ended when the bench is cut off. */
  const endings = new Set<() => Promise<void>>();
  let made: { folder: string } | undefined;
  let built: Program | undefined;

  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'mwa-bench-'));
    folders.push(path);
    // The user PostgreSQL runs as must get through, or the database of root would lie elsewhere.
    chmodSync(path, 0o711);
    return path;
  }

  /** A data folder whose database exists and counts statements; each stage gets a copy. */
  async function template(): Promise<string> {
    if (made) return made.folder;
    const path = folder();
    const gateway = await startGateway(path, { SANDBOX: 'off' });
    await gateway.stop();
    await countStatements(join(path, 'postgres'));
    made = { folder: path };
    return path;
  }

  async function onStage(play: (stage: Stage) => Promise<void>, program = source): Promise<void> {
    const dataDir = folder();
    copy(await template(), dataDir);
    const sandbox = await startTestSandbox();
    let gateway: BenchGateway | undefined;
    const end = async () => {
      endings.delete(end);
      await gateway?.stop();
      await sandbox.stop();
      rmSync(dataDir, { recursive: true, force: true });
    };
    endings.add(end);
    try {
      const env = { SANDBOX: 'external', SANDBOX_PORT: new URL(sandbox.url).port };
      const start = async () => {
        gateway = await startGateway(dataDir, env, program);
        return gateway;
      };
      const tenant = await newTenant((await start()).api);
      const stage = stageOf({ settleMsMax, sandbox, tenant, gateway: () => gateway as BenchGateway, start });
      await play(stage).finally(() => stage.close());
    } finally {
      await end();
    }
  }

  function bundle(): Program {
    if (built) return built;
    const cache = join(root, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    // Inside the repository, for what stays outside a bundle is found in its node_modules.
    const path = mkdtempSync(join(cache, 'mwa-bench-'));
    folders.push(path);
    copyFileSync(join(root, 'package.json'), join(path, 'package.json'));
    const dist = join(path, 'dist');
    const done = spawnSync(process.execPath, ['scripts/build.ts', dist], { cwd: root, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`the bundle could not be built: ${done.stderr}`);
    built = { name: 'bundle', program: join(dist, 'server.js'), cwd: path };
    return built;
  }

  return {
    onStage,
    bundle,
    folder,
    async close() {
      await Promise.allSettled([...endings].map((end) => end()));
      for (const path of folders) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** With owners: a database belongs to the user its server runs as. */
function copy(from: string, to: string): void {
  const done = spawnSync('cp', ['-a', `${from}/.`, to], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${from} could not be copied: ${done.stderr}`);
}
