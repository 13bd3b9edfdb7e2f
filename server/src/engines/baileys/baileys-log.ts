import type { SocketConfig } from 'baileys';
import type { Log } from '../../platform/log.ts';

/**
 * Baileys' log as debug lines of ours. Its objects hold stanzas, keys and credentials, so of those only an
 * error's message passes.
 */
export function baileysLog(log: Log): SocketConfig['logger'] {
  const write = (level: string) => (value: unknown, text?: string) => {
    if (!log.isLevelEnabled('debug')) return;
    const error = messageOf(value);
    log.debug(
      { baileys: level, ...(error ? { error } : {}) },
      text ?? (typeof value === 'string' ? value : ''),
    );
  };
  const logger: SocketConfig['logger'] = {
    // At debug or trace Baileys would write out whole stanzas on its own account.
    level: 'info',
    child: () => logger,
    trace: () => undefined,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  return logger;
}

function messageOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { err, error, e } = value as Record<string, unknown>;
  const failure = err ?? error ?? e;
  return failure instanceof Error ? failure.message : undefined;
}
