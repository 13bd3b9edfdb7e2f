/**
 * Changes: lines that libsignal itself writes to the console are dropped; every other caller's lines pass unchanged.
 * Import it first of all.
 *
 * Why: libsignal writes whole sessions, private keys included, and offers no switch.
 *
 * In: `libsignal/src/session_record.js`, `libsignal/src/session_builder.js`, `libsignal/src/session_cipher.js`,
 * `libsignal/src/queue_job.js`, `libsignal/src/curve.js`.
 */
const methods = ['info', 'warn', 'error', 'log', 'debug'] as const;
const libsignalFrame = /[\\/]libsignal[\\/](src|index)/;
/** Opening words of libsignal's lines. */
const libsignalLines =
  /^(Closing session|Opening session|Session already|Removing old closed session|Migrating session|V1 session storage|Closing open session|Closing stale open session|Failed to decrypt message with any known|Session error|Decrypted message with closed|Unhandled bucket type|WARNING: Expected pubkey)/;
const marker = Symbol.for('multiwa.libsignal-silenced');

function silence(target: Console & Record<symbol, unknown>): void {
  if (target[marker]) return;
  target[marker] = true;
  for (const method of methods) {
    const write = target[method].bind(target);
    target[method] = (...values: unknown[]) => {
      if (typeof values[0] === 'string' && libsignalLines.test(values[0]) && calledByLibsignal()) return;
      write(...values);
    };
  }
}

/** Looked at only for lines that read like libsignal's, so other lines pay nothing. */
function calledByLibsignal(): boolean {
  return libsignalFrame.test(new Error().stack ?? '');
}

silence(globalThis.console as Console & Record<symbol, unknown>);
