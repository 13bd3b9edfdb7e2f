import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../kit.ts';
import { figure } from '../measure.ts';
import type { RowName } from '../rows.ts';

const program = fileURLToPath(new URL('../../../signal/bench/bench.ts', import.meta.url));

/** The cryptography alone, both libraries in one process of their own: what they cost a message, in turn. */
export async function signal({ report }: Bench): Promise<void> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--json'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the Signal layer could not be measured: ${stderr}`);
  for (const { key, ours, old } of JSON.parse(stdout) as { key: string; ours: number[]; old: number[] }[]) {
    const ratios = old.map((us, round) => us / (ours[round] ?? Number.NaN));
    report.add(`signal.${key}` as RowName, {
      figures: { cpu: figure(inMs(ours)), ratio: figure(ratios) },
      raw: { cpu: figure(inMs(old)) },
    });
  }
}

const inMs = (us: readonly number[]) => us.map((one) => one / 1000);
