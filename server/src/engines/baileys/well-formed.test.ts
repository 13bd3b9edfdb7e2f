import { describe, expect, test } from 'vitest';
import { makeWellFormed, wellFormed, wellFormedId } from './well-formed.ts';

const now = new Date('2026-03-01T12:00:00Z');
const fit = (content: Record<string, unknown>) => wellFormed({ content }, now).content;

describe('strings', () => {
  test('NUL and halves of surrogate pairs become U+FFFD, wherever they are', () => {
    const bad = 'a\u0000b\ud800c\udc00';
    const good = 'a\ufffdb\ufffdc\ufffd';
    expect(
      wellFormed({ id: bad, sender: { name: bad }, content: { list: [{ deep: bad }], [bad]: 1 } }, now),
    ).toEqual({ id: good, sender: { name: good }, content: { list: [{ deep: good }], [good]: 1 } });
  });

  test('what people really write stays as it is', () => {
    const text = '👩‍👩‍👧 \u202Eمرحبا\u202C שלום\r\n\t\u200b';
    expect(fit({ type: 'text', text })).toEqual({ type: 'text', text });
    expect(fit({ text: 'x'.repeat(65_536) })).toEqual({ text: 'x'.repeat(65_536) });
  });

  test('what is too long is cut, never inside a surrogate pair, and the content says so', () => {
    expect(fit({ text: `${'x'.repeat(65_535)}👩` })).toEqual({ text: 'x'.repeat(65_535), truncated: true });
    expect(wellFormed({ sender: { name: 'x'.repeat(1000) } }, now).sender.name).toHaveLength(256);
    expect(fit({ anything: 'x'.repeat(5000) })).toEqual({ anything: 'x'.repeat(4096), truncated: true });
  });

  test('many long strings together are bounded; the short ones after them stay', () => {
    const contacts = Array.from({ length: 100 }, (_, index) => ({
      name: `n${index}`,
      vcard: 'v'.repeat(60_000),
    }));
    const content = fit({ type: 'contact', contacts, kind: 'last' }) as { contacts: unknown[] };
    expect(JSON.stringify(content).length).toBeLessThan(300_000);
    expect(content).toMatchObject({ kind: 'last', truncated: true });
    expect(content.contacts).toHaveLength(100);
  });

  test('ids that are too long stay different and stay the same', () => {
    const [id, similarId] = ['x'.repeat(5000), `${'x'.repeat(4999)}y`];
    expect(wellFormedId('3EB0C431C26A1916E07A')).toBe('3EB0C431C26A1916E07A');
    expect(wellFormedId(id)).toHaveLength(128);
    expect(wellFormedId(id)).not.toBe(wellFormedId(similarId));
    expect(wellFormed({ quotedId: id, ids: [similarId] }, now)).toEqual({
      quotedId: wellFormedId(id),
      ids: [wellFormedId(similarId)],
    });
  });
});

describe('everything else', () => {
  test('numbers that JSON readers do not agree on are left out', () => {
    const { NaN: none, POSITIVE_INFINITY: endless } = Number;
    expect(fit({ a: none, b: endless, c: -endless, d: 2 ** 60, e: 1e308, f: -1.5, g: 0 })).toEqual({
      f: -1.5,
      g: 0,
    });
    expect(fit({ big: 1n, run: () => 1, bytes: new Uint8Array(3), none: undefined })).toEqual({
      truncated: true,
    });
  });

  test('lists and depth have an end', () => {
    const list = Array.from({ length: 5000 }, () => 'x');
    expect((fit({ list }) as { list: unknown[] }).list).toHaveLength(1024);
    const deep = Array(10_000)
      .fill(0)
      .reduce((inside) => ({ inside }), {});
    expect(JSON.stringify(fit({ deep })).length).toBeLessThan(200);
    const wide = Array(1024).fill(Array(1024).fill('x'.repeat(256)));
    expect(JSON.stringify(fit({ wide })).length).toBeLessThan(6_000_000);
  });

  test('moments before WhatsApp or far ahead are the moment of arrival', () => {
    const at = (timestamp: Date) => wellFormed({ timestamp }, now).timestamp;
    const usual = new Date('2026-03-01T11:59:00Z');
    expect(at(usual)).toEqual(usual);
    for (const ms of [Number.NaN, -1e15, 0, 8.64e15, now.getTime() + 2 * 86_400_000]) {
      expect(at(new Date(ms))).toEqual(now);
    }
    const since = (moment: Date) => wellFormed({ since: moment }, now).since;
    for (const ms of [0, now.getTime() + 90 * 86_400_000]) expect(since(new Date(ms))).toEqual(new Date(ms));
    for (const ms of [Number.NaN, -1, 8.64e15]) expect(since(new Date(ms))).toEqual(now);
  });

  test('a prototype can’t be set, and an object keeps its identity when asked', () => {
    const value = {
      content: JSON.parse('{"__proto__": {"polluted": 1}, "text": "x\\u0000"}'),
      late: Number.NaN,
    };
    makeWellFormed(value, now);
    expect(value).toEqual({ content: { text: 'x\ufffd' } });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
