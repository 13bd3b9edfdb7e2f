/** First words of the lines that libsignal prints, some with whole sessions and their private keys. */
const LINES = [
  'Closing session:',
  'Opening session:',
  'Removing old closed session:',
  'Migrating session to:',
  'Session already',
  'Closing open session',
  'Closing stale open session',
  'Decrypted message with closed session',
  'Failed to decrypt message with any known session',
  'Session error:',
  'WARNING: Expected pubkey',
  'Unhandled bucket type',
];

let done = false;

/** Keeps libsignal from printing private keys; every other line of the process is left alone. */
export function silenceSignalLibrary(): void {
  if (done) return;
  done = true;
  const target = globalThis.console;
  for (const level of ['info', 'warn', 'error'] as const) {
    const original = target[level].bind(target);
    target[level] = (...words: unknown[]) => {
      const [first] = words;
      if (typeof first === 'string' && LINES.some((line) => first.startsWith(line))) return;
      original(...words);
    };
  }
}
