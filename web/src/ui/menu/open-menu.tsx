import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { KeyHint } from '../commands/key-hint.tsx';
import styles from './menu.module.css';
import type { MenuProps } from './menu-props.ts';

/** The menu itself; see menu.tsx. */
export function OpenMenu({
  trigger,
  items,
  align = 'end',
  isOpenAtFirst,
}: MenuProps & { isOpenAtFirst: boolean }): ReactNode {
  return (
    <Base.Root modal={false} defaultOpen={isOpenAtFirst}>
      <Base.Trigger render={trigger as ReactElement<Record<string, unknown>>} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className={styles.positioner}>
          <Base.Popup className={styles.popup}>
            {items.map((item, index) =>
              item === null ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name
                <Base.Separator key={index} className={styles.line} />
              ) : (
                <Base.Item
                  key={item.label}
                  disabled={item.isDisabled}
                  className={`${styles.item} ${item.isDanger ? styles.danger : ''}`}
                  onClick={() => void item.run()}
                >
                  {item.icon && <item.icon aria-hidden size={16} />}
                  <span className={styles.label}>{item.label}</span>
                  {item.keys && <KeyHint keys={item.keys} />}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
