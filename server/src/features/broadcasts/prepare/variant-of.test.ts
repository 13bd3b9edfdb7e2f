import { expect, test } from 'vitest';
import { variantOf } from './variant-of.ts';

test('variants share people by their weights, and everybody stays in theirs', () => {
  const variants = [{ weight: 70 }, { weight: 20 }, { weight: 10 }];
  const id = '0199d6a2-e5f6-7081-9283-94a5b6c7d8e9';
  const chats = Array.from({ length: 20_000 }, (_, n) => `${628_100_000_000 + n}@c.us`);
  const found = chats.map((chat) => variantOf(id, chat, variants));
  expect(chats.map((chat) => variantOf(id, chat, variants))).toEqual(found);
  for (const [at, share] of [0.7, 0.2, 0.1].entries()) {
    expect(found.filter((one) => one === at).length / chats.length).toBeCloseTo(share, 1);
  }
  expect(chats.every((chat) => variantOf(id, chat, null) === 0)).toBe(true);
});
