import { setTimeout as pause } from 'node:timers/promises';
import type { OwnSandbox, SandboxPhone } from '../test/sandbox.ts';
import { type ConnectedProfile, connectedProfile, newCustomers, type Tenant } from '../test/tenant.ts';
import { type Caller, callerOf } from './caller.ts';
import type { BenchGateway, Usage } from './gateway.ts';
import { cpuOf, machineCpu } from './processes.ts';
import { type Raw, startRaw } from './raw.ts';
import { settled } from './settle.ts';

/** A network, a gateway and an organisation, and the ways to load them. */
export interface Stage {
  readonly sandbox: OwnSandbox;
  readonly tenant: Tenant;
  readonly gateway: BenchGateway;
  /** The gateway's API with the organisation's key. */
  readonly api: Caller;
  /** Sends a text and waits until the network's server has it. */
  send(profileId: string, to: string, text: string): Promise<void>;
  /** A phone writes a text. */
  phoneSends(from: string, to: string, text: string): Promise<void>;
  phones(count: number): Promise<SandboxPhone[]>;
  profiles(count: number): Promise<ConnectedProfile[]>;
  /** Plain Baileys on the same network; the same one each time. */
  raw(): Promise<Raw>;
  /** Measures what the gateway does when there is nothing to do, which `usage` leaves out from then on. */
  rest(seconds: number): Promise<void>;
  /** What the gateway has used, without what it would have used idle. */
  usage(): Promise<Usage>;
  /** Waits until nothing is left to do of what was begun. */
  settled(): Promise<void>;
  /** CPU of what surrounds the engine, in ms: the network, the measuring program, and all there is. */
  aroundMs(): { network: number; driver: number; machine: number };
  /** Ends the gateway and starts it anew on its data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

interface StageParts {
  settleMsMax: number;
  sandbox: OwnSandbox;
  tenant: Tenant;
  gateway(): BenchGateway;
  start(): Promise<BenchGateway>;
}

const reached = new Set(['sent', 'delivered', 'read', 'played']);

export function stageOf({ settleMsMax, sandbox, tenant, gateway, start }: StageParts): Stage {
  let api = callerOf(gateway().url, tenant.credentials);
  const network = callerOf(sandbox.url);
  let raw: Promise<Raw> | undefined;
  let running: Raw | undefined;
  let idle = { engine: 0, postgres: 0, statements: 0, sinceMs: 0 };
  const cpuMs = () => gateway().cpuMs() + cpuOf(sandbox.pid()) + (running?.cpuMs() ?? 0);
  const calm = () => settled(cpuMs, settleMsMax);
  return {
    sandbox,
    tenant,
    get gateway() {
      return gateway();
    },
    get api() {
      return api;
    },
    async send(profileId, to, text) {
      const body = { profileId, to, text };
      const { data } = await api.post('/api/v1/messages/text', body, { prefer: 'wait=30' });
      if (!reached.has(data.status)) throw new Error(`a message was not sent: ${JSON.stringify(data)}`);
    },
    async phoneSends(from, to, text) {
      await network.post(`/api/phones/${from}/messages`, { to, type: 'text', text });
    },
    phones: (count) => newCustomers(sandbox, count),
    async profiles(count) {
      const profiles: ConnectedProfile[] = [];
      while (profiles.length < count) profiles.push(await connectedProfile(tenant, sandbox));
      return profiles;
    },
    async raw() {
      raw ??= startRaw(sandbox);
      running = await raw;
      return running;
    },
    async rest(seconds) {
      await calm();
      const looks: (Usage & { atMs: number })[] = [];
      for (let look = 0; look < 3; look++) {
        if (look > 0) await pause(seconds * 500);
        looks.push({ ...(await gateway().usage()), atMs: performance.now() });
      }
      // Of two halves the lesser: what is left over from the start is not idleness.
      const rate = (of: 'engineMs' | 'postgresMs' | 'statements') =>
        Math.min(
          ...looks.slice(1).map((look, before) => {
            const { [of]: from = 0, atMs = 0 } = looks[before] ?? {};
            return ((look[of] ?? 0) - from) / (look.atMs - atMs);
          }),
        );
      const sinceMs = performance.now();
      idle = {
        engine: rate('engineMs'),
        postgres: rate('postgresMs'),
        statements: rate('statements'),
        sinceMs,
      };
    },
    async usage() {
      const { engineMs, postgresMs = 0, statements } = await gateway().usage();
      const ms = performance.now() - idle.sinceMs;
      return {
        engineMs: engineMs - idle.engine * ms,
        postgresMs: postgresMs - idle.postgres * ms,
        statements: statements === undefined ? undefined : statements - idle.statements * ms,
      };
    },
    settled: calm,
    aroundMs() {
      const { user, system } = process.cpuUsage();
      return { network: cpuOf(sandbox.pid()), driver: (user + system) / 1000, machine: machineCpu() };
    },
    async restart() {
      await api.close();
      await gateway().stop();
      const { url } = await start();
      api = callerOf(url, tenant.credentials);
    },
    async close() {
      await running?.stop();
      await Promise.all([api.close(), network.close()]);
    },
  };
}
