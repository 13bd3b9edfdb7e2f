import { type ReactNode, useState } from 'react';
import { areSingleKeysOn, setSingleKeys } from '../ui/commands/keys.ts';
import { Dialog, KeyHint, Switch, useCommandsNow } from '../ui/index.ts';
import { useWords } from '../words/index.ts';
import styles from './palette.module.css';

/** The keys that do something here, read where they are declared. */
export function Help({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }): ReactNode {
  const t = useWords('shell');
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('help')} description={t('helpHint')}>
      <Keys />
    </Dialog>
  );
}

function Keys(): ReactNode {
  const t = useWords('shell');
  const [areOn, setOn] = useState(areSingleKeysOn);
  const commands = useCommandsNow().filter(({ keys }) => keys !== undefined);
  const innermost = new Map(commands.map((command) => [command.keys, command]));
  return (
    <>
      <dl className={styles.keys}>
        {[...innermost.values()].map(({ id, label, keys = '' }) => (
          <div key={id} className={styles.pair}>
            <dt>{label}</dt>
            <dd>
              <KeyHint keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
      <Switch
        label={t('singleKeys')}
        isOn={areOn}
        onChange={(next) => {
          setSingleKeys(next);
          setOn(next);
        }}
      />
    </>
  );
}
