import type { ReactNode } from 'react';
import styles from './key-hint.module.css';

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
const names: Record<string, string> = {
  Mod: isApple ? '⌘' : 'Ctrl',
  Shift: '⇧',
  Alt: isApple ? '⌥' : 'Alt',
  Enter: '↵',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};

/** How the keys of a command are written. */
export function KeyHint({ keys }: { keys: string }): ReactNode {
  return (
    <kbd className={styles.keys} dir="ltr">
      {keys.split(' ').map((stroke) => (
        <span key={stroke}>
          {stroke
            .split('+')
            .map((part) => names[part] ?? part)
            .join(' ')}
        </span>
      ))}
    </kbd>
  );
}
