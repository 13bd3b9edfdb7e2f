import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button, Dialog, DialogButtons, Field, Input } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './phone.module.css';
import { phonesQuery } from './queries.ts';
import { sandboxWords } from './words/index.ts';

const offered = 8;

/** Whom a phone writes to: somebody of the sandbox, or any number. */
export function NewChat({
  isOpen,
  of,
  onClose,
  open,
}: {
  isOpen: boolean;
  of: string;
  onClose: () => void;
  open: (chat: string) => void;
}): ReactNode {
  const t = useWords(sandboxWords);
  const { data: phones = [] } = useQuery({ ...phonesQuery, enabled: isOpen });
  const [typed, setTyped] = useState('');
  const digits = typed.replace(/\D/g, '');
  const found = phones
    .filter(
      ({ number, name }) => number !== of && `${name} ${number}`.toLowerCase().includes(typed.toLowerCase()),
    )
    .slice(-offered);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('phone.newChat')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          const to = found.length === 1 ? found[0]?.number : digits;
          if (to) open(to);
        }}
      >
        <Field label={t('phone.to')} hint={t('phone.toHint')}>
          {(ties) => (
            <Input {...ties} autoFocus value={typed} onChange={({ target }) => setTyped(target.value)} />
          )}
        </Field>
        <ul className={styles.people}>
          {found.map(({ number, name }) => (
            <li key={number}>
              <Button kind="quiet" onClick={() => open(number)}>
                <bdi>{name}</bdi> <bdi dir="ltr">+{number}</bdi>
              </Button>
            </li>
          ))}
        </ul>
        <DialogButtons>
          <Button type="submit" kind="main" isDisabled={found.length !== 1 && digits.length < 5}>
            {t('phone.newChat')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
