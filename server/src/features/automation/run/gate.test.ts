import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('over a thousand starts of a profile in a minute are left out, counted, and told of once', async () => {
  let now = new Date('2026-02-05T10:00:00Z');
  let begun = 0;
  const leftOut: string[] = [];
  const told: string[] = [];
  const gate = createGate({
    clock: { now: () => now },
    log: { warn() {} },
    events: { record: async (_: unknown, { name }: { name: string }) => void told.push(name) },
    runs: {
      start: async () => `run ${begun++}`,
      leaveOut: async (_: unknown, id: string) => void leftOut.push(id),
    },
  } as never);
  const trigger = { type: 'all', config: {}, start: '0' };
  const program = {
    kind: 'rule',
    triggers: [trigger],
    conditions: [],
    nodes: {},
    stops: false,
    settings: {},
  };
  const ready = { id: 'rule', program, version: 1, cooldownSecs: 0 };
  const start = (profileId: string) =>
    gate({} as never, ready as never, { trigger, details: {} }, {
      base: { organizationId: 'o', profileId, chat: 'c', now, trigger: { senderJid: null, isGroup: false } },
      ...{ facts: {}, around: { chat: null, isOwn: false }, of: { timeZone: 'UTC' }, hasFlow: false },
    } as never);
  for (let n = 0; n < 1_000; n++) expect(await start('busy')).toBe('started');
  for (let n = 0; n < 3; n++) expect(await start('busy')).toBe('full');
  expect(await start('another')).toBe('started');
  expect([begun, leftOut, told]).toEqual([1_001, ['rule', 'rule', 'rule'], ['automation.overrun']]);
  now = new Date('2026-02-05T10:01:00Z');
  expect(await start('busy')).toBe('started');
});
