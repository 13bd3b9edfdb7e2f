import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../test/sandbox.ts';
import { newNumber } from '../test/tenant.ts';
import type { Usage } from './gateway.ts';
import type { Load, Rate } from './load.ts';
import { cpuOf } from './processes.ts';

/** What the process of plain Baileys is asked. */
export interface ToBaseline {
  load: Load;
  /** The next message goes to the next of them, round and round. */
  chats: string[];
}

/** What it says. */
export type FromBaseline =
  | { kind: 'ready' }
  | { kind: 'done'; rate: Rate }
  | { kind: 'failed'; why: string }
  | { kind: 'heard'; text: string };

/** Plain Baileys with its keys in memory, paired with a phone of the same network. */
export interface Raw {
  readonly number: string;
  send(load: Load, chats: string[]): Promise<Rate>;
  onText(heard: (text: string) => void): void;
  usage(): Promise<Usage>;
  cpuMs(): number;
  stop(): Promise<void>;
}

const stockSignal = new URL('../../signal/bench/stock-signal.ts', import.meta.url).href;
const program = fileURLToPath(new URL('./baseline-process.ts', import.meta.url));

export async function startRaw(sandbox: Sandbox): Promise<Raw> {
  const number = newNumber();
  await sandbox.phone(number).named('Plain Baileys');
  const child = fork(program, [sandbox.url, number], {
    execArgv: ['--import', stockSignal],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const pid = child.pid ?? 0;
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  let heard: (text: string) => void = () => undefined;
  child.on('message', (word: FromBaseline) => {
    if (word.kind === 'heard') heard(word.text);
  });
  /** The next word that ends what it was asked. */
  const ended = () =>
    new Promise<FromBaseline>((resolve, reject) => {
      const gone = () => reject(new Error('plain Baileys has ended'));
      child.once('exit', gone);
      child.on('message', function listen(word: FromBaseline) {
        if (word.kind === 'heard') return;
        child.off('message', listen);
        child.off('exit', gone);
        resolve(word);
      });
    });
  await ended();
  return {
    number,
    async send(load, chats) {
      const word = ended();
      child.send({ load, chats } satisfies ToBaseline);
      const answer = await word;
      if (answer.kind !== 'done') throw new Error(`plain Baileys: ${JSON.stringify(answer)}`);
      return answer.rate;
    },
    onText(listener) {
      heard = listener;
    },
    usage: async () => ({ engineMs: cpuOf(pid) }),
    cpuMs: () => cpuOf(pid),
    async stop() {
      process.off('exit', orphan);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
