import { afterAll, afterEach, beforeAll } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { insertProfile } from '../../test/profile-rows.ts';
import { type OwnSandbox, type SandboxPhone, startTestSandbox } from '../../test/sandbox.ts';
import { type ChatId, phoneChat } from '../platform/chat-id.ts';
import type { Db } from '../platform/db/transaction.ts';
import { createProfile, type Profile } from './conformance-kit.ts';
import type { Engine } from './port.ts';

/** Makes the engine on a database and a network; it waits `ackMsMax` for acknowledgements. */
export type MakeEngine = (environment: { db: Db; network: OwnSandbox; ackMsMax?: number }) => Engine;

/** A database, a network and the engine on them; available once the tests run. */
export interface Stage {
  readonly db: Db;
  readonly network: OwnSandbox;
  readonly engine: Engine;
  /** A number that no phone has yet. */
  nextNumber(): string;
  newProfile(from?: Engine): Promise<Profile>;
  pairedProfile(from?: Engine): Promise<{ profile: Profile; ownNumber: string }>;
  person(name?: string): Promise<{ phone: SandboxPhone; chat: ChatId }>;
}

/** To be called inside a `describe`: it sets up before its tests and clears away after each and after all. */
export function setStage(make: MakeEngine): Stage {
  let store: TestDatabase;
  let network: OwnSandbox;
  let engine: Engine;
  let lastNumber = 628_111_000_000;
  const profiles: Profile[] = [];

  beforeAll(async () => {
    [store, network] = await Promise.all([testDatabase(), startTestSandbox()]);
    engine = make({ db: store.database.db, network });
  });
  afterEach(async () => {
    await network.clearFaults();
    await Promise.all(profiles.splice(0).map((profile) => profile.session?.close()));
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
    nextNumber: () => String(++lastNumber),
    async newProfile(from = engine) {
      const profile = createProfile(from, stage.db, await insertProfile(stage.db));
      profiles.push(profile);
      return profile;
    },
    async pairedProfile(from) {
      const profile = await stage.newProfile(from);
      const ownNumber = stage.nextNumber();
      await profile.pair(network, ownNumber, 'Bakery');
      return { profile, ownNumber };
    },
    async person(name = 'Bob') {
      const phone = network.phone(stage.nextNumber());
      await phone.named(name);
      return { phone, chat: phoneChat(phone.number) };
    },
  };
  return stage;
}
