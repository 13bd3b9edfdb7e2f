import { useEffect, useRef, useSyncExternalStore } from 'react';

/** Something that can be done from where one is: the palette, the help, menus and its key all read it here. */
export interface Command {
  /** Alone in the dashboard: `profiles.connect`. */
  id: string;
  label: string;
  /** English words it is found by in every language. */
  also?: string | undefined;
  /** `c`, `Shift+R`, `Mod+K` (Ctrl or ⌘), `g p` (one after the other). */
  keys?: string | undefined;
  /** Absent where it is false. */
  isAllowed?: boolean | undefined;
  /** Not in the palette: moving around in a list. */
  isQuiet?: boolean | undefined;
  run: () => unknown;
}

const groups = new Map<symbol, () => readonly Command[]>();
const hearers = new Set<() => void>();
let version = 0;

function changed(): void {
  version += 1;
  for (const hear of hearers) hear();
}

/** What can be done now; of the same key the one that was declared last, which is the innermost, counts. */
export const commandsNow = (): Command[] =>
  [...groups.values()].flatMap((read) => read().filter(({ isAllowed = true }) => isAllowed));

/** While the component is there its commands are. They may close over what it shows: the newest are called. */
export function useCommands(commands: readonly Command[]): void {
  const newest = useRef(commands);
  newest.current = commands;
  useEffect(() => {
    const name = Symbol('commands');
    groups.set(name, () => newest.current);
    changed();
    return () => {
      groups.delete(name);
      changed();
    };
  }, []);
}

/** For the palette and the help, which show what there is. */
export function useCommandsNow(): Command[] {
  useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    () => version,
  );
  return commandsNow();
}
