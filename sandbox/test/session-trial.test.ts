import { expect, test } from 'vitest';
import { type SessionRecord, trySessions } from '../src/phone/session-trial.ts';

/** Two sessions, each with a counter that every attempt moves, whether or not it fits. */
const kept = () => ({
  _sessions: {
    old: { indexInfo: { used: 1 }, step: 0 },
    new: { indexInfo: { used: 2 }, step: 0 },
  },
});

function place(record: SessionRecord) {
  const held = { record, tried: [] as string[] };
  const attempt = (fitting: string) => async () => {
    const [name = ''] = Object.keys(held.record._sessions);
    held.tried.push(name);
    (held.record._sessions[name] as { step?: number }).step = 1;
    if (name !== fitting) throw new Error(`${name} does not fit`);
    return name;
  };
  return {
    held,
    attempt,
    at: {
      get: () => held.record,
      set(next: SessionRecord) {
        held.record = next;
      },
    },
  };
}

test('only the session that fits moves on; one that was tried in vain stays as it was', async () => {
  const { held, attempt, at } = place(kept());
  expect(await trySessions(at, attempt('old'))).toBe('old');
  expect(held.tried).toEqual(['new', 'old']);
  expect(held.record._sessions).toMatchObject({ old: { step: 1 }, new: { step: 0 } });
});

test('when none fits all stay as they were, and the last refusal is told', async () => {
  const { held, attempt, at } = place(kept());
  await expect(trySessions(at, attempt('third'))).rejects.toThrow('old does not fit');
  expect(held.record).toEqual(kept());
});
