import { compose } from './compose.ts';
import type { PasswordCost } from './features/auth/index.ts';
import { createHttp } from './http/create-http.ts';
import type { DashboardPlace } from './http/dashboard.ts';
import { createIdempotency } from './http/idempotency.ts';
import { startJobs } from './jobs/index.ts';
import { becomeNode } from './node.ts';
import { createDenials } from './platform/audit/denials.ts';
import { createAuditLog } from './platform/audit/record.ts';
import type { Clock } from './platform/clock.ts';
import type { Config } from './platform/config/config.ts';
import { createVault, loadMasterKey } from './platform/crypto.ts';
import type { HeldFolder } from './platform/data-folder.ts';
import type { Database } from './platform/db/connect.ts';
import { createPassingEvents } from './platform/events/passing.ts';
import { createEventLog } from './platform/events/reader.ts';
import { createRecorder } from './platform/events/record.ts';
import { createRelay } from './platform/events/relay.ts';
import type { Feature } from './platform/feature.ts';
import { claimInstallation } from './platform/installation.store.ts';
import { createJobs } from './platform/jobs/jobs.ts';
import { knownProfiles } from './platform/known-profiles.store.ts';
import type { Log } from './platform/log.ts';
import { createNodeTalk } from './platform/node-talk.ts';
import { createOutbound } from './platform/outbound/outbound.ts';
import { createPersonal } from './platform/personal.ts';
import { createStorage } from './platform/storage/create-storage.ts';
import { startTracing } from './platform/tracing/start-tracing.ts';
import type { SandboxNetwork } from './sandbox/network.ts';
import { insideSandbox } from './sandbox/receivers.ts';
import { createSocketHub } from './socket/hub.ts';
import { createRawDoor } from './socket/raw/door.ts';
import { version } from './version.ts';

export interface AssemblyOptions {
  config: Config;
  log: Log;
  clock: Clock;
  strict: boolean;
  eager: boolean;
  signal?: AbortSignal | undefined;
  quietMs?: number | undefined;
  passwordCost?: PasswordCost | undefined;
  dashboard?: DashboardPlace | undefined;
}

/** What has begun before the rest was loaded. */
export interface Begun {
  folder: HeldFolder;
  database: Promise<Database>;
  /** Not started yet, perhaps. */
  sandbox: SandboxNetwork;
}

/** Everything in the order of who needs whom; each part adds to `endings` how it is taken down again. */
export async function assemble(
  { config, log, clock, strict, eager, signal, quietMs, passwordCost, dashboard }: AssemblyOptions,
  { folder, sandbox, ...begun }: Begun,
  endings: (() => Promise<unknown>)[],
): Promise<{ url: string; where: string; features: readonly Feature[] }> {
  const database = await begun.database;
  signal?.throwIfAborted();
  const { db } = database;
  const vault = createVault(loadMasterKey(config.encryptionKey, config.dataDir));
  await claimInstallation(db, clock, vault);
  const node = await becomeNode({ dataDir: config.dataDir, poolConfig: database.poolConfig, log });
  endings.push(() => node.release());
  const eventLog = await createEventLog({ database, log });
  const relay = createRelay({ database, log, offer: eventLog.offer });
  const events = createRecorder(clock, relay.poke, relay.pokeSoon);
  let ownPort = config.port;
  const closedPorts = () =>
    [ownPort, sandbox.port, database.poolConfig.port].filter((port) => port !== undefined);
  const outbound = createOutbound({
    ...{ allow: config.outboundAllow, closedPorts },
    inside: insideSandbox(() => sandbox.port),
  });
  endings.push(() => outbound.close());
  const publicAddress = () => (config.publicUrl ?? `http://${hostOf(config)}:${ownPort}`).replace(/\/+$/, '');
  const storage = createStorage(config);
  endings.push(() => storage.close());
  const tracing = await startTracing({ config, db, log, version, nodeId: node.id });
  endings.push(() => tracing.close());
  const passing = createPassingEvents({ database, log });
  const talk = createNodeTalk({ database, log });
  const personal = createPersonal({ database, presence: node.presence, log });
  const idempotency = createIdempotency({ db, clock });
  const jobs = createJobs({ database, clock, log });
  const audit = createAuditLog({ clock });
  const denials = createDenials({ db, audit, clock, log });
  endings.push(() => denials.settle());
  const house = compose({
    condition: database.condition,
    config,
    log,
    clock,
    db,
    vault,
    events,
    eventLog,
    passing,
    outbound,
    idempotency,
    audit,
    jobs,
    talk,
    personal,
    nodeId: node.id,
    presence: node.presence,
    sandbox,
    storage,
    tracing,
    address: publicAddress,
    version,
    passwordCost,
  });
  const http = await createHttp({
    config,
    log,
    clock,
    db,
    authenticator: house.authenticator,
    idempotency,
    features: house.features,
    denied: denials.note,
    tracing,
    version,
    dashboard,
    sandboxPort: () => sandbox.port,
    liveNodes: node.liveNodes,
    strict,
    eager,
    quietMs,
  });
  const socket = createSocketHub({
    server: http.server,
    authenticator: house.authenticator,
    events: eventLog,
    passing,
    personal,
    catalogue: () => house.eventDefinitions,
    known: (tenancy, profileIds) => knownProfiles(db, tenancy, profileIds),
    openFeed: house.openFeed,
    corsOrigins: config.corsOrigins,
    log,
  });
  const rawSocket = createRawDoor({
    server: http.server,
    authenticator: house.authenticator,
    openFeed: house.openFeed,
    events: eventLog,
    passing,
    corsOrigins: config.corsOrigins,
    log,
  });
  await relay.start();
  endings.push(() => relay.stop());
  await eventLog.start(house.features.flatMap((feature) => [...(feature.readers ?? [])]));
  endings.push(() => eventLog.stop());
  endings.push(() => jobs.stop());
  // Opening the queues takes a moment and nobody has to wait for it; a job nobody does still refuses the start.
  const jobsStarted = startJobs(jobs, house.features);
  jobsStarted.catch(() => undefined);
  await Promise.all([passing.start(), talk.start(), personal.start()]);
  endings.push(() => Promise.all([passing.stop(), talk.stop(), personal.stop()]));
  // Profiles of the sandbox connect as soon as they are started.
  await sandbox.started(node.id);
  for (const feature of house.features) {
    signal?.throwIfAborted();
    await feature.start?.();
    if (feature.stop) endings.push(() => feature.stop?.() ?? Promise.resolve());
  }
  await http.listen({ port: config.port, host: config.host });
  endings.push(() => http.close());
  endings.push(() => http.drain.settled());
  endings.push(() => Promise.all([socket.close(), rawSocket.close()]));
  endings.push(() => http.drain.begin());
  await jobsStarted;
  signal?.throwIfAborted();
  const address = http.server.address();
  if (address && typeof address === 'object') ownPort = address.port;
  folder.note(ownPort);
  return {
    url: `http://${hostOf(config)}:${ownPort}`,
    where: database.where,
    features: house.features,
  };
}

/** A host that this machine is reached by, also when it listens on all of them. */
function hostOf({ host }: Config): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
