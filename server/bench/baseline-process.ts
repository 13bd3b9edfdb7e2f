import { fileBaseline, memoryBaseline } from './baseline.ts';
import { memoryOf, rateOf } from './measure.ts';

/**
 * Plain Baileys in a process of its own, so that its CPU and memory are its own too.
 * Arguments: `memory` or `files`, the sandbox's HTTP address, the phone's number, receivers, messages, sockets.
 */
const [, , kind, sandbox = '', number = '', receivers = '', messages = '100', sockets = '1'] = process.argv;
const make = kind === 'files' ? fileBaseline : memoryBaseline;
const url = `${sandbox.replace(/^http/, 'ws')}/ws/chat`;

const pair = (phone: string) =>
  make({
    url,
    async scan(qr) {
      await fetch(`${sandbox}/api/phones/${phone}/scan`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ qr }),
      });
    },
  });

const baseMb = memoryOf(process.pid);
const first = await pair(number);
const chats = receivers.split(',');
for (const chat of chats) await first.send(chat, 'warm');
const one = await rateOf(Number(messages), 1, (n) => first.send(chats[0] ?? '', `one ${n}`));
const cpuBefore = process.cpuUsage();
const many = await rateOf(Number(messages) * 2, 16, (n) =>
  first.send(chats[n % chats.length] ?? '', `many ${n}`),
);
const cpu = process.cpuUsage(cpuBefore);
const cpuMs = (cpu.user + cpu.system) / 1000 / (Number(messages) * 2);
const others = [];
for (let n = 1; n < Number(sockets); n++) others.push(await pair(String(BigInt(number) + BigInt(n))));
globalThis.gc?.();
const perSocketMb = (memoryOf(process.pid) - baseMb) / Number(sockets);
console.log(JSON.stringify({ one, many, cpuMs, perSocketMb }));
process.exit(0);
