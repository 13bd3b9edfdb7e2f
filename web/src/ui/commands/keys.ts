import { commandsNow } from './commands.ts';

/** So long the second key of `g p` is waited for. */
const secondMs = 1_200;
const offKey = 'single-keys';

/** People who speak to their computer, or press keys by accident, switch single keys off. */
export const areSingleKeysOn = (): boolean => localStorage.getItem(offKey) !== 'off';
export function setSingleKeys(areOn: boolean): void {
  if (areOn) localStorage.removeItem(offKey);
  else localStorage.setItem(offKey, 'off');
}

/** Listens for the keys of all commands; answers how to stop. */
export function listenForKeys(): () => void {
  let first: { key: string; atMs: number } | undefined;
  const hear = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const stroke = strokeOf(event);
    const isPlain = !stroke.includes('Mod+') && !stroke.includes('Alt+');
    if (isPlain && (isTyping(event.target) || !areSingleKeysOn())) return;
    const sequence = first && performance.now() - first.atMs < secondMs ? `${first.key} ${stroke}` : stroke;
    const commands = commandsNow();
    const found =
      commands.findLast(({ keys }) => keys === sequence) ?? commands.findLast(({ keys }) => keys === stroke);
    first = undefined;
    if (found) {
      event.preventDefault();
      void found.run();
    } else if (commands.some(({ keys }) => keys?.startsWith(`${stroke} `))) {
      first = { key: stroke, atMs: performance.now() };
    }
  };
  addEventListener('keydown', hear);
  return () => removeEventListener('keydown', hear);
}

function strokeOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const isLetter = /^\p{L}$/u.test(key);
  const name = isLetter && !(ctrlKey || metaKey || shiftKey) ? key : isLetter ? key.toUpperCase() : key;
  const parts = [
    (ctrlKey || metaKey) && 'Mod',
    altKey && 'Alt',
    // `?` is said as it is, however it is typed.
    shiftKey && (isLetter || key.length > 1) && 'Shift',
    name === ' ' ? 'Space' : name,
  ];
  return parts.filter(Boolean).join('+');
}

/** Where keys write. In menus and lists they find by first letter. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button|submit|range)$/.test(target.type);
  return target.closest('[role=menu], [role=listbox], [role=dialog]:not([data-keys])') !== null;
}
