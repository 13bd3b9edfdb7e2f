import { useRef, useState } from 'react';
import { useWords } from '../../words/index.ts';
import { useCommands } from '../commands/commands.ts';

export interface Selection {
  chosen: ReadonlySet<string>;
  set: (chosen: ReadonlySet<string>) => void;
}

/** Chosen rows by key: `const selection = useSelection()`. */
export function useSelection(): Selection {
  const [chosen, set] = useState<ReadonlySet<string>>(new Set());
  return { chosen, set };
}

/** Moves through a list: `j` `k` to the next and the last one, Enter opens, `x` chooses (with Shift all up to there). */
export function useListKeys({
  keys,
  open,
  show,
  selection,
}: {
  keys: readonly string[];
  open?: ((key: string) => void) | undefined;
  /** Brings a row into sight that may not be drawn. */
  show?: ((key: string) => void) | undefined;
  selection?: Selection | undefined;
}) {
  const t = useWords('ui');
  const [at, setAt] = useState<string>();
  const rows = useRef(new Map<string, HTMLElement>());
  const anchor = useRef<string>(undefined);

  const go = (step: number) => {
    const index = at === undefined ? -1 : keys.indexOf(at);
    const next = keys[Math.max(0, Math.min(keys.length - 1, index + step))];
    if (next === undefined) return;
    setAt(next);
    show?.(next);
    // Drawn with the next frame, perhaps.
    const focus = () => rows.current.get(next)?.focus({ preventScroll: show !== undefined });
    if (rows.current.has(next)) focus();
    else requestAnimationFrame(focus);
  };
  const choose = (key: string, isRange = false) => {
    if (!selection) return;
    const chosen = new Set(selection.chosen);
    const from = anchor.current === undefined ? -1 : keys.indexOf(anchor.current);
    const to = keys.indexOf(key);
    if (isRange && from >= 0) {
      for (const each of keys.slice(Math.min(from, to), Math.max(from, to) + 1)) chosen.add(each);
    } else if (!chosen.delete(key)) chosen.add(key);
    anchor.current = key;
    selection.set(chosen);
  };

  const withRow = (act: (key: string) => void) => () => {
    if (at !== undefined && keys.includes(at)) act(at);
  };
  useCommands([
    { id: 'list.next', label: t('list.next'), keys: 'j', isQuiet: true, run: () => go(1) },
    { id: 'list.before', label: t('list.before'), keys: 'k', isQuiet: true, run: () => go(-1) },
    ...(selection
      ? [
          { id: 'list.choose', label: t('choose'), keys: 'x', isQuiet: true, run: withRow(choose) },
          {
            id: 'list.range',
            label: t('list.range'),
            keys: 'Shift+X',
            isQuiet: true,
            run: withRow((key) => choose(key, true)),
          },
        ]
      : []),
  ]);

  return {
    choose,
    /** Ties a row to the keys. */
    rowProps: (key: string) => ({
      tabIndex: (at ?? keys[0]) === key ? 0 : -1,
      'data-chosen': selection?.chosen.has(key) || undefined,
      ref: (row: HTMLElement | null) => {
        if (row) rows.current.set(key, row);
        else rows.current.delete(key);
      },
      onFocus: () => setAt(key),
      onKeyDown: (event: {
        key: string;
        target: EventTarget;
        currentTarget: EventTarget;
        preventDefault(): void;
      }) => {
        if (event.target !== event.currentTarget) return;
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step !== undefined) {
          event.preventDefault();
          go(step);
        } else if (event.key === 'Enter') open?.(key);
      },
    }),
  };
}
