import type { KyselyPlugin, RootOperationNode } from 'kysely';
import type { Db } from '../src/platform/db/transaction.ts';

/** A database whose answers can be held back: the statement has committed, and its caller does not know yet. */
export interface HeldDatabase {
  db: Db;
  /** Holds the answers of statements that contain the text; `reached` resolves at the first. */
  hold(text: string): { reached: Promise<void>; release(): void };
  /** Makes statements that contain the text fail, after they ran. */
  fail(text: string): () => void;
  /** How many statements that contain the text have run. */
  count(text: string): number;
}

export function heldDatabase(db: Db): HeldDatabase {
  const texts = new WeakMap<object, string>();
  const seen: string[] = [];
  let holding: { text: string; reach(): void; gate: Promise<void> } | undefined;
  let failing: string | undefined;
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      const text = textOf(node);
      texts.set(queryId, text);
      seen.push(text);
      return node;
    },
    async transformResult({ result, queryId }) {
      const text = texts.get(queryId) ?? '';
      if (failing && text.includes(failing)) throw new Error('the database has gone');
      if (holding && text.includes(holding.text)) {
        holding.reach();
        await holding.gate;
      }
      return result;
    },
  };
  return {
    db: db.withPlugin(plugin),
    hold(text) {
      const reached = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      holding = { text, reach: reached.resolve, gate: gate.promise };
      return {
        reached: reached.promise,
        release() {
          holding = undefined;
          gate.resolve();
        },
      };
    },
    fail(text) {
      failing = text;
      return () => {
        failing = undefined;
      };
    },
    count: (text) => seen.filter((one) => one.includes(text)).length,
  };
}

/** The text of a raw statement, however its parts are nested. */
function textOf(node: RootOperationNode | unknown): string {
  if (typeof node === 'string') return node;
  if (Array.isArray(node)) return node.map(textOf).join(' ');
  if (typeof node !== 'object' || node === null || Buffer.isBuffer(node)) return '';
  const { kind, value: _value, ...rest } = node as Record<string, unknown>;
  return kind === 'ValueNode' ? '' : Object.values(rest).map(textOf).join(' ');
}
