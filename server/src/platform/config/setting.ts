import { BlockList, isIP } from 'node:net';

/** One setting: its environment name, how its text is read, its default and its sentence for operators. */
export interface Setting<T> {
  readonly name: string;
  /** Older or other names that are read when the first is not set. */
  readonly aliases: readonly string[];
  readonly kind: string;
  readonly says: string;
  readonly fallback: (production: boolean) => T;
  readonly parse: (text: string) => T;
}

interface Kind<T> {
  kind: string;
  /** Throws an Error whose message completes "NAME must be …". */
  parse(text: string): T;
}

export function setting<T>(
  name: string,
  kind: Kind<T>,
  fallback: T | ((production: boolean) => T),
  says: string,
  aliases: readonly string[] = [],
): Setting<T> {
  return {
    name,
    aliases,
    kind: kind.kind,
    says,
    fallback: typeof fallback === 'function' ? (fallback as (production: boolean) => T) : () => fallback,
    parse: kind.parse,
  };
}

export const text: Kind<string> = { kind: 'text', parse: (value) => value };

export const optionalText: Kind<string | undefined> = { kind: 'text', parse: (value) => value };

export function integer(min: number, max: number): Kind<number> {
  return {
    kind: `whole number, ${min} to ${max}`,
    parse: (value) => {
      const number = Number(value);
      if (!Number.isInteger(number) || number < min || number > max) {
        throw new Error(`a whole number from ${min} to ${max}`);
      }
      return number;
    },
  };
}

/** A part of a whole. */
export const share: Kind<number> = {
  kind: 'number, 0 to 1',
  parse: (value) => {
    const number = Number(value);
    if (!(number >= 0 && number <= 1)) throw new Error('a number from 0 to 1');
    return number;
  },
};

export function oneOf<const Words extends readonly string[]>(...words: Words): Kind<Words[number]> {
  return {
    kind: words.join(' | '),
    parse: (value) => {
      if (!words.includes(value)) throw new Error(`one of ${words.join(', ')}`);
      return value;
    },
  };
}

/** Comma-separated delays in seconds, as retry schedules are written. */
export const secondsList: Kind<number[]> = {
  kind: 'seconds, separated by commas',
  parse: (value) => {
    const list = value.split(',').map((part) => Number(part.trim()));
    if (list.length === 0 || list.some((seconds) => !Number.isFinite(seconds) || seconds < 0)) {
      throw new Error('numbers of seconds separated by commas, as in 5,300,1800');
    }
    return list;
  },
};

/** A list of networks in CIDR notation, or single addresses. */
export const cidrList: Kind<string[]> = {
  kind: 'networks in CIDR notation, separated by commas',
  parse: (value) => {
    const list = value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part.length > 0);
    for (const network of list) {
      if (!isNetwork(network))
        throw new Error(`a list of networks like 10.0.0.0/8,127.0.0.1 ('${network}' is not one)`);
    }
    return list;
  },
};

function isNetwork(network: string): boolean {
  const [address = '', bits] = network.split('/');
  const family = isIP(address);
  if (family === 0) return false;
  if (bits === undefined) return true;
  try {
    new BlockList().addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
    return /^\d+$/.test(bits);
  } catch {
    return false;
  }
}

export const url: Kind<string | undefined> = {
  kind: 'URL',
  parse: (value) => {
    if (!URL.canParse(value)) throw new Error('a URL');
    return value;
  },
};
