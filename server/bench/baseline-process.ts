import { startBaseline } from './baseline.ts';
import { closedLoop } from './load.ts';
import type { FromBaseline, ToBaseline } from './raw.ts';

/**
 * Plain Baileys in a process of its own, so that its CPU is its own too. Arguments: the sandbox's HTTP address and the
 * phone's number. Its parent says what to send, one thing at a time, and is told every text that arrives.
 */
const [, , sandbox = '', number = ''] = process.argv;
const tell = (word: FromBaseline) => process.send?.(word);

const baseline = await startBaseline({
  url: `${sandbox.replace(/^http/, 'ws')}/ws/chat`,
  async scan(qr) {
    await fetch(`${sandbox}/api/phones/${number}/scan`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ qr }),
    });
  },
});
baseline.onText((text) => tell({ kind: 'heard', text }));
process.on('message', async ({ load, chats }: ToBaseline) => {
  try {
    const rate = await closedLoop(load, (n) => baseline.send(chats[n % chats.length] ?? '', `raw ${n}`));
    tell({ kind: 'done', rate });
  } catch (error) {
    tell({ kind: 'failed', why: String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
tell({ kind: 'ready' });
