import { resolve } from 'node:path';
import { MEDIA_DEFAULTS, type SandboxSettings } from './index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Start {
  readonly settings: SandboxSettings;
  /** Ends when nobody has called for so long; 0: never. */
  readonly idleSeconds: number;
}

const PORT_MAX = 65_535;

/** Reads one variable after the other, and keeps what is wrong with each. */
class Reader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string): string | undefined {
    return this.#environment[name] || undefined;
  }

  /** Words between commas. */
  list(name: string): string[] {
    const parts = (this.text(name) ?? '').split(',');
    return parts.map((each) => each.trim()).filter((each) => each !== '');
  }

  integer(name: string, fallback: number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): number {
    const text = this.text(name);
    const value = text === undefined ? fallback : Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    this.problems.push(`${name} is a whole number ${range}, not "${text}".`);
    return fallback;
  }

  choice<T extends string>(name: string, values: readonly T[]): T | undefined {
    const text = this.text(name);
    const value = values.find((each) => each === text);
    if (text !== undefined && value === undefined)
      this.problems.push(`${name} is ${values.map((each) => `"${each}"`).join(' or ')}, not "${text}".`);
    return value;
  }
}

/** What the environment asks for. Throws with every wrong setting, and what it may be. */
export function startFrom(environment: Environment): Start {
  const reader = new Reader(environment);
  const start: Start = {
    idleSeconds: reader.integer('SANDBOX_IDLE_EXIT_SECONDS', 0),
    settings: {
      port: reader.integer('SANDBOX_PORT', 3900, { max: PORT_MAX }),
      host: reader.text('SANDBOX_HOST') ?? '127.0.0.1',
      hostNames: reader.list('SANDBOX_HOST_NAMES'),
      dataDir: resolve(reader.text('SANDBOX_DATA_DIR') ?? 'data/sandbox'),
      instanceId: reader.text('SANDBOX_INSTANCE_ID'),
      realisticPreKeys: reader.choice('SANDBOX_PREKEYS', ['few', 'realistic']) === 'realistic',
      groupMode: reader.choice('SANDBOX_GROUP_ADDRESSING', ['lid', 'pn']) ?? 'lid',
      mockGroup: reader.text('SANDBOX_MOCK_GROUP'),
      recentMessagesMax: reader.integer('SANDBOX_HISTORY_RECENT', 100_000),
      historyInlineBytesMax: reader.integer('SANDBOX_HISTORY_INLINE_BYTES_MAX', 2 ** 30),
      companionsMax: reader.integer('SANDBOX_COMPANIONS_MAX', 4),
      seed: reader.text('SANDBOX_SEED'),
      mediaFileBytesMax: reader.integer('SANDBOX_MEDIA_FILE_BYTES_MAX', MEDIA_DEFAULTS.fileBytesMax),
      mediaTotalBytesMax: reader.integer('SANDBOX_MEDIA_TOTAL_BYTES_MAX', MEDIA_DEFAULTS.totalBytesMax),
    },
  };
  if (reader.problems.length > 0) throw new WrongSettings(reader.problems.join('\n'));
  return start;
}

/** Settings that a network can't start with; the message has a line for each. */
export class WrongSettings extends Error {}
