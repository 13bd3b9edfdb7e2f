import { randomBytes } from 'node:crypto';
import { filesOf } from '../../../test/engine-files.ts';
import { systemClock } from '../../platform/clock.ts';
import { createVault } from '../../platform/crypto.ts';
import { describeEngine } from '../conformance.ts';
import { createBaileysEngine } from './index.ts';

const vault = createVault(randomBytes(32));

describeEngine('baileys', ({ db, network, ackMsMax }) =>
  createBaileysEngine({
    name: 'sandbox',
    url: network.socketUrl,
    db,
    vault,
    clock: systemClock,
    ...filesOf(network),
    ...(ackMsMax ? { timings: { ackMsMax } } : {}),
  }),
);
