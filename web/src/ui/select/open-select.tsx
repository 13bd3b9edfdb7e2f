import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './select.module.css';
import type { SelectProps } from './select-props.ts';

/** What can be opened; see select.tsx. */
export function OpenSelect<Value extends string>({
  value,
  choices,
  onChange,
  label,
  id,
  isDisabled,
}: SelectProps<Value>): ReactNode {
  return (
    <Base.Root
      items={choices}
      value={value}
      disabled={isDisabled}
      onValueChange={(next) => next !== null && onChange(next)}
      modal={false}
    >
      <Base.Trigger id={id} aria-label={label} className={styles.trigger}>
        <Base.Value className={styles.value} />
        <Base.Icon className={styles.icon}>
          <ChevronsUpDown aria-hidden size={14} />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className={styles.positioner}>
          <Base.Popup className={styles.popup}>
            <Base.List className={styles.list}>
              {choices.map((choice) => (
                <Base.Item key={choice.value} value={choice.value} className={styles.item}>
                  <Base.ItemText>{choice.label}</Base.ItemText>
                  <Base.ItemIndicator>
                    <Check aria-hidden size={14} />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
