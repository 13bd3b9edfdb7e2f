import { type ReactNode, useState } from 'react';
import { useWords } from '../../words/index.ts';
import { Button } from '../button/button.tsx';
import { Field } from '../field/field.tsx';
import { Input } from '../field/input.tsx';
import { ProblemLine } from '../problem/problem.tsx';
import { Dialog, DialogButtons } from './dialog.tsx';

/**
 * Asks before what can't be undone; what can be undone is done, with an undo in its toast. With `name` it has to be
 * typed first.
 */
export function Confirm({
  isOpen,
  onClose,
  title,
  children,
  button,
  name,
  act,
}: {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  children?: ReactNode;
  button: string;
  name?: string;
  act: () => Promise<unknown>;
}): ReactNode {
  const t = useWords('ui');
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const close = () => {
    setTyped('');
    setProblem(undefined);
    onClose();
  };
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    await act().then(close, setProblem);
    setBusy(false);
  };
  return (
    <Dialog isOpen={isOpen} onClose={close} title={title} description={children}>
      {name !== undefined && (
        <Field label={t('confirm.type', { name })}>
          {(ties) => (
            <Input
              {...ties}
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
      {problem !== undefined && <ProblemLine error={problem} />}
      <DialogButtons>
        <Button
          kind="danger"
          isBusy={isBusy}
          isDisabled={name !== undefined && typed.trim() !== name.trim()}
          onClick={run}
        >
          {button}
        </Button>
        <Button onClick={close}>{t('cancel')}</Button>
      </DialogButtons>
    </Dialog>
  );
}
