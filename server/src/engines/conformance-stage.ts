import { afterAll, afterEach, beforeAll } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { insertProfile } from '../../test/profile-rows.ts';
import { type OwnSandbox, type SandboxPhone, startTestSandbox } from '../../test/sandbox.ts';
import { type ChatId, phoneChat } from '../platform/chat-id.ts';
import type { Db } from '../platform/db/transaction.ts';
import { createProfile, type Profile } from './conformance-kit.ts';
import type { Engine } from './port.ts';

/** What the suite needs of an engine: itself, on the given database and network, patient for `ackMsMax`. */
export type MakeEngine = (around: { db: Db; network: OwnSandbox; ackMsMax?: number }) => Engine;

/** A database, a network and the engine on them; there once the tests run. */
export interface Stage {
  readonly db: Db;
  readonly network: OwnSandbox;
  readonly engine: Engine;
  /** A number that no phone has yet. */
  nextNumber(): string;
  newProfile(from?: Engine): Promise<Profile>;
  pairedProfile(from?: Engine): Promise<{ me: Profile; mine: string }>;
  person(name?: string): Promise<{ phone: SandboxPhone; chat: ChatId }>;
}

/** To be called inside a `describe`: it sets up before its tests and clears away after each and after all. */
export function setStage(make: MakeEngine): Stage {
  let store: TestDatabase;
  let network: OwnSandbox;
  let engine: Engine;
  let number = 628_111_000_000;
  const open: Profile[] = [];

  beforeAll(async () => {
    [store, network] = await Promise.all([testDatabase(), startTestSandbox()]);
    engine = make({ db: store.database.db, network });
  });
  afterEach(async () => {
    await network.clearFaults();
    await Promise.all(open.splice(0).map((profile) => profile.session?.close()));
  });
  afterAll(async () => {
    await Promise.all([store?.drop(), network?.stop()]);
  });

  const stage: Stage = {
    get db() {
      return store.database.db;
    },
    get network() {
      return network;
    },
    get engine() {
      return engine;
    },
    nextNumber: () => String(++number),
    async newProfile(from = engine) {
      const profile = createProfile(from, stage.db, await insertProfile(stage.db));
      open.push(profile);
      return profile;
    },
    async pairedProfile(from) {
      const me = await stage.newProfile(from);
      const mine = stage.nextNumber();
      await me.pair(network, mine, 'Bakery');
      return { me, mine };
    },
    async person(name = 'Bob') {
      const phone = network.phone(stage.nextNumber());
      await phone.named(name);
      return { phone, chat: phoneChat(phone.number) };
    },
  };
  return stage;
}
