import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { createApi } from './http/server.ts';
import { Keepers } from './keepers.ts';
import { masterSeed } from './master.ts';
import { startNetwork } from './network.ts';
import { Port, type Upgrade } from './port.ts';
import { type OpenStore, openStore } from './store/sqlite.ts';
import { tlsCertificate } from './tls.ts';

export interface SandboxSettings {
  /** 0: any free port. */
  readonly port: number;
  readonly host?: string;
  /** Names and addresses, besides this machine's own, that its certificate is good for. Default: none. */
  readonly hostNames?: string[];
  /** Folder of everything that survives a restart; made when it is missing. */
  readonly dataDir: string;
  /** Default: made once and kept in `dataDir`. */
  readonly instanceId?: string | undefined;
  /** New devices upload hundreds of one-time keys, as on the real network, instead of five. */
  readonly realisticPreKeys?: boolean;
  /** How groups that clients make name their members; `lid` unless told otherwise, as on the real network. */
  readonly groupMode?: 'lid' | 'pn';
  /** Subject of a group that every account made by `POST /admin/mock-phone/scan-qr` belongs to. Default: none. */
  readonly mockGroup?: string | undefined;
  /** How many of its messages a phone gives a new companion as the recent past; default 100,000. */
  readonly recentMessagesMax?: number;
  /** Bytes of a piece of history that are sent inside its announcement; a larger one lies at the media host. */
  readonly historyInlineBytesMax?: number;
  /** How many companions a phone may have at once; default 4, as on the real network. */
  readonly companionsMax?: number;
  /** Any text: networks with the same seed have the same root key, and the same LIDs and phone keys for the same numbers. */
  readonly seed?: string | undefined;
  /** Largest file that may be uploaded, in bytes. Default: 100 MiB. */
  readonly mediaFileBytesMax?: number;
  /** Size of all uploaded files together, in bytes; the oldest go first. Default: 2 GiB. */
  readonly mediaTotalBytesMax?: number;
  /** How long a connection may take to say what it wants, in milliseconds. Default: a minute. */
  readonly openingMsMax?: number;
  /** Bytes that may wait for a client that takes nothing, before it is cut. Default: 32 MiB. */
  readonly waitingBytesMax?: number;
  /** How many people a device may watch at once. Default: 1000. */
  readonly watchedMax?: number;
  readonly log?: (line: string, error?: unknown) => void;
}

export interface Sandbox {
  /** `http://host:port`; the WhatsApp socket is `ws://host:port/ws/chat`. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly keepers: Keepers;
  close(): Promise<void>;
}

const { version } = manifest;
/** Hosts that mean every address of this machine. */
const EVERYWHERE = new Set(['0.0.0.0', '::']);
/** How much is uploaded at most unless settings say otherwise, in bytes. */
export const MEDIA_DEFAULTS = { fileBytesMax: 100 * 1024 * 1024, totalBytesMax: 2 * 1024 * 1024 * 1024 };

/** Starts a network on one port. Rejects when the port is taken, the folder can't be written or was made with another seed. */
export async function startSandbox(settings: SandboxSettings): Promise<Sandbox> {
  const { host = '127.0.0.1', log = () => undefined } = settings;
  const { realisticPreKeys = false, groupMode = 'lid', mockGroup = '' } = settings;
  const dataDir = resolve(settings.dataDir);
  const store = openStore(dataDir, log);
  const master = masterOrClose(store, settings.seed);
  const tls = await tlsCertificate(dataDir, settings.hostNames);
  const keepers = new Keepers();
  const media = {
    folder: join(dataDir, 'media'),
    fileBytesMax: settings.mediaFileBytesMax ?? MEDIA_DEFAULTS.fileBytesMax,
    totalBytesMax: settings.mediaTotalBytesMax ?? MEDIA_DEFAULTS.totalBytesMax,
  };
  const { recentMessagesMax = 100_000, historyInlineBytesMax = 2 ** 30 } = settings;
  const { companionsMax = 4, watchedMax = 1000 } = settings;
  const { openingMsMax = 60_000, waitingBytesMax = 32 * 1024 * 1024 } = settings;
  const connections = { handshakeMsMax: openingMsMax, waitingBytesMax };
  const limits = { recentMessagesMax, historyInlineBytesMax, companionsMax, watchedMax, connections };
  let port = settings.port;
  const address = (): string => hostAndPort(EVERYWHERE.has(host) ? '127.0.0.1' : host, port);
  const networkSettings = { realisticPreKeys, groupMode, mockGroup, media, address, ...limits, master, log };
  let kept = store.forNetwork();
  let network = startNetwork(kept, networkSettings);
  const reset = (): void => {
    network.close();
    kept.end();
    store.clear();
    kept = store.forNetwork();
    network = startNetwork(kept, networkSettings);
  };
  const instanceId = settings.instanceId ?? keptInstanceId(store);
  const api = await createApi({
    network: () => network,
    reset,
    keepers,
    instanceId,
    version,
    tls,
    port: () => port,
    openingMsMax,
    log,
  });
  const upgrade = (): Upgrade => {
    const fault = network.faults.strike(['upgrade-403', 'upgrade-200', 'silent-tcp'], {});
    if (!fault) return 'accept';
    if (fault.name === 'silent-tcp') return 'ignore';
    return fault.name === 'upgrade-403' ? 'forbid' : 'answer';
  };
  const door = new Port({
    http: api.http,
    https: api.https,
    openingMsMax,
    upgrade,
    connected: (socket, address) => network.clients.connect(socket, address),
  });
  const close = async (): Promise<void> => {
    network.close();
    await api.close();
    await door.close();
    store.close();
  };
  try {
    port = await door.listen(settings.port, host);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: `http://${hostAndPort(host, port)}`,
    port,
    dataDir,
    keepers,
    close,
  };
}

function masterOrClose(store: OpenStore, seed: string | undefined): Buffer {
  try {
    return masterSeed(store, seed);
  } catch (error) {
    store.close();
    throw error;
  }
}

function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function keptInstanceId(store: OpenStore): string {
  const kept = store.get<{ value: string }>("SELECT value FROM meta WHERE key = 'instance'");
  if (kept) return kept.value;
  const made = randomUUID();
  store.run("INSERT INTO meta (key, value) VALUES ('instance', ?)", made);
  return made;
}
