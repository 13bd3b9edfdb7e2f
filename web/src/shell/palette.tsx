import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { type Command, Dialog, Input, KeyHint, useCommandsNow } from '../ui/index.ts';
import { useWords } from '../words/index.ts';
import styles from './palette.module.css';

/** Goes anywhere and does anything that can be done from here, by its name in the language or in English. */
export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }): ReactNode {
  const t = useWords('shell');
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('search')}>
      <Search onClose={onClose} />
    </Dialog>
  );
}

function Search({ onClose }: { onClose: () => void }): ReactNode {
  const t = useWords('shell');
  const id = useId();
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const found = matching(useCommandsNow(), words);
  const run = (command: Command) => {
    onClose();
    void command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[at];
    if (step !== undefined) setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    else if (event.key === 'Enter' && chosen) run(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <Input
        type="search"
        role="combobox"
        aria-label={t('search')}
        aria-expanded
        aria-controls={id}
        aria-activedescendant={found[at] && `${id}-${at}`}
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={id} role="listbox" aria-label={t('search')} className={styles.list}>
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field hears the keys
          <div
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles.item}
            onPointerMove={() => setAt(index)}
            onClick={() => run(command)}
          >
            <span>{command.label}</span>
            {command.keys && <KeyHint keys={command.keys} />}
          </div>
        ))}
      </div>
      {found.length === 0 && <p role="status">{t('noCommand')}</p>}
    </>
  );
}

/** Every word is found at the beginning of a word of the label or of its English names. */
function matching(commands: readonly Command[], typed: string): Command[] {
  const wanted = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const seen = new Set<string>();
  return commands.filter(({ id, label, also = '', isQuiet }) => {
    if (isQuiet || seen.has(id)) return false;
    seen.add(id);
    const there = `${label} ${also}`.toLocaleLowerCase().split(/\s+/);
    return wanted.every((word) => there.some((each) => each.startsWith(word)));
  });
}
