import type { CacheStore } from 'baileys';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { report, type StormReport } from './storm-report.ts';
import { aim, chances, number, type Shot } from './storm-shots.ts';
import { until } from './until.ts';

export interface StormOrder {
  readonly messages: number;
  readonly sockets: number;
  readonly seed: number;
  /** Milliseconds to wait at most until everything has arrived. */
  readonly patienceMs: number;
  /** How long clients know a person's devices; asking anew makes them open new sessions. Theirs: five minutes. */
  readonly devicesKnownMs?: number;
  /** Clients that lose no step of a session: then nobody has a reason to ask for anything again. */
  readonly sound?: boolean;
}

const AT_ONCE = 4;

/** A cache whose entries are gone after so many milliseconds. */
function forgetful(ms: number): CacheStore {
  const entries = new Map<string, { value: unknown; until: number }>();
  return {
    get: <T>(key: string) => {
      const entry = entries.get(key);
      return entry && entry.until > Date.now() ? (entry.value as T) : undefined;
    },
    set: (key, value) => void entries.set(key, { value, until: Date.now() + ms }),
    del: (key) => void entries.delete(key),
    flushAll: () => entries.clear(),
  };
}

/** Many sockets that write to each other at once: by number, by LID, and in groups of both addressing modes. */
export async function storm(order: StormOrder): Promise<StormReport> {
  const kit = await TestSandbox.start();
  try {
    const everyone = Array.from({ length: order.sockets }, (_, index) => index);
    const clients: Client[] = [];
    const { devicesKnownMs, sound = false } = order;
    const cache = () => devicesKnownMs !== undefined && { userDevicesCache: forgetful(devicesKnownMs) };
    for (const index of everyone) clients.push(await kit.linked(number(index), { sound, ...cache() }));
    const groups = [await madeGroup(kit, order.sockets, 'lid'), await madeGroup(kit, order.sockets, 'pn')];
    await Promise.all(
      clients.map((client) =>
        until(
          'both groups',
          () => client.events.filter((event) => event.name === 'groups.upsert').length >= 2,
        ),
      ),
    );
    const chance = chances(order.seed);
    const shots = Array.from({ length: order.messages }, (_, index) => aim(index, chance, clients, groups));
    const startedAt = Date.now();
    await Promise.all(
      everyone.map((index) =>
        fire(
          clients[index]!,
          shots.filter((shot) => shot.from === index),
        ),
      ),
    );
    return await report(kit, clients, shots, { patienceMs: order.patienceMs, startedAt });
  } finally {
    await kit.close();
  }
}

async function madeGroup(kit: TestSandbox, sockets: number, addressingMode: string): Promise<string> {
  const members = Array.from({ length: sockets - 1 }, (_, index) => number(index + 1));
  const made = await kit.post<{ jid: string }>('/api/groups', {
    by: number(0),
    subject: addressingMode,
    members,
    addressingMode,
  });
  return made.body.jid;
}

async function fire(client: Client, shots: Shot[]): Promise<void> {
  const waiting = [...shots];
  const work = async (): Promise<void> => {
    for (let shot = waiting.shift(); shot; shot = waiting.shift()) await client.say(shot.to, shot.text);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
