import type { ReactNode } from 'react';
import { type Permission, useMay } from '../../session/index.ts';
import { Checkbox } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './keys.module.css';
import { areasOf, partsOf } from './scopes.ts';
import type { words } from './words/en.ts';
import { keysWords } from './words/index.ts';

/** What a key may, area by area; nobody can give it more than they may themselves. */
export function ScopePicker({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange: (chosen: Permission[]) => void;
}): ReactNode {
  const t = useWords(keysWords);
  const may = useMay();
  const has = new Set(chosen);
  const set = (which: readonly Permission[], isOn: boolean) => {
    for (const permission of which) {
      if (isOn) has.add(permission);
      else has.delete(permission);
    }
    onChange([...has] as Permission[]);
  };
  return (
    <div className={styles.areas}>
      {[...areasOf(may)].map(([area, list]) => {
        const count = list.filter((permission) => has.has(permission)).length;
        const name = t(`areas.${area as keyof typeof words.areas}`);
        return (
          <fieldset key={area} className={styles.area}>
            <legend className="unseen">{name}</legend>
            <Checkbox
              isChecked={count === list.length}
              isMixed={count > 0 && count < list.length}
              onChange={(isOn) => set(list, isOn)}
            >
              <strong>{name}</strong>
            </Checkbox>
            <div className={styles.acts}>
              {list.map((permission) => (
                <Checkbox
                  key={permission}
                  isChecked={has.has(permission)}
                  onChange={(isOn) => set([permission], isOn)}
                >
                  <span title={permission}>
                    {t(`acts.${partsOf(permission)[1] as keyof typeof words.acts}`)}
                  </span>
                </Checkbox>
              ))}
            </div>
          </fieldset>
        );
      })}
    </div>
  );
}

/** What a key may, in a few words. */
export function Scopes({ of }: { of: readonly string[] }): ReactNode {
  const t = useWords(keysWords);
  if (of.length === 0 || of.includes('*')) return t('everything');
  const [first = '', ...others] = of;
  return (
    <span title={of.join('\n')}>
      <code dir="ltr">{first}</code>
      {others.length > 0 && <> {t('more', { count: others.length })}</>}
    </span>
  );
}
