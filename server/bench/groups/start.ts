import { startServer } from '../../test/server-process.ts';
import { type Program, source } from '../gateway.ts';
import type { Bench } from '../kit.ts';
import { figure } from '../measure.ts';
import type { RowName } from '../rows.ts';

/** From the spawn, for loading the modules is most of it. A clean stop lies between two starts. */
export async function start({ rig, report, size }: Bench): Promise<void> {
  const programs: Program[] = [source, rig.bundle()];
  const tookSeconds = new Map<RowName, number[]>();
  async function once(row: RowName, program: Program, dataDir: string, sandbox: Record<string, string>) {
    const server = await startServer({ DATA_DIR: dataDir, ...sandbox }, program);
    await server.stop();
    tookSeconds.set(row, [...(tookSeconds.get(row) ?? []), server.readyMs / 1000]);
    console.log(`    ${row}: ${(server.readyMs / 1000).toFixed(2)} s`);
  }
  const alone = { SANDBOX: 'off' };
  let dataDir = '';
  // Of the first starts, which make a database, three are enough.
  for (let round = 0; round < Math.min(3, size.starts); round++) {
    for (const program of programs) {
      dataDir = rig.folder();
      await once(`start.${program.name}.first`, program, dataDir, alone);
    }
  }
  const inside = { SANDBOX: 'on', SANDBOX_PORT: '0' };
  await (await startServer({ DATA_DIR: dataDir, ...inside }, source)).stop();
  for (let round = 0; round < size.starts; round++) {
    for (const program of programs) await once(`start.${program.name}`, program, dataDir, alone);
    await once('start.npm', source, dataDir, inside);
  }
  for (const [row, seconds] of tookSeconds) report.add(row, { figures: { ready: figure(seconds) } });
}
