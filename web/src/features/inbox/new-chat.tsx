import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { profilesQuery } from '../../session/index.ts';
import {
  Button,
  Dialog,
  DialogButtons,
  Field,
  Input,
  ProblemLine,
  Select,
  TextArea,
} from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { send } from './commands.ts';
import styles from './inbox-page.module.css';
import { nameOfProfile } from './names.ts';
import { outbox } from './outbox.ts';
import { inboxWords } from './words/index.ts';

/** Writes to a number that nobody has written to: the conversation begins with the message. */
export function NewChat({
  profile,
  onClose,
}: {
  /** The one that the list is about. */
  profile: string | undefined;
  onClose: () => void;
}): ReactNode {
  const t = useWords(inboxWords);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { data: profiles = [] } = useQuery(profilesQuery);
  const connected = profiles.find(({ status }) => status === 'connected') ?? profiles[0];
  const [chosen, setChosen] = useState(profile);
  const profileId = chosen ?? connected?.id;
  const [number, setNumber] = useState('');
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const start = async () => {
    if (profileId === undefined) return;
    setBusy(true);
    setProblem(undefined);
    const target = { conversationId: undefined, profileId, to: number.trim() };
    const answer = await send(cache, target, { kind: 'text', text: text.trim() });
    setBusy(false);
    if (answer) {
      onClose();
      await navigate({
        to: '/inbox/$conversationId',
        params: { conversationId: answer.conversationId },
        search: {},
      });
      return;
    }
    // It stands in no thread, so it is said and given up here.
    const refused = outbox.all().find(({ conversationId, to }) => !conversationId && to === target.to);
    setProblem(refused?.error);
    if (refused) outbox.remove(refused.reference);
  };

  return (
    <Dialog isOpen onClose={onClose} title={t('newChat.title')} description={t('newChat.hint')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        {profiles.length === 0 && <p>{t('newChat.noProfile')}</p>}
        {profiles.length > 1 && profileId !== undefined && (
          <Field label={t('newChat.profile')}>
            {({ id }) => (
              <Select
                id={id}
                label={t('newChat.profile')}
                value={profileId}
                onChange={setChosen}
                choices={profiles.map((each) => ({ value: each.id, label: nameOfProfile(each) }))}
              />
            )}
          </Field>
        )}
        <Field label={t('newChat.number')}>
          {(ties) => (
            <Input
              {...ties}
              dir="ltr"
              type="tel"
              inputMode="tel"
              autoComplete="off"
              required
              value={number}
              onChange={(event) => setNumber(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('newChat.text')}>
          {(ties) => (
            <TextArea
              {...ties}
              dir="auto"
              rows={3}
              required
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        {problem !== undefined && <ProblemLine error={problem} />}
        <DialogButtons>
          <Button
            type="submit"
            kind="main"
            isBusy={isBusy}
            isDisabled={profileId === undefined || number.trim() === '' || text.trim() === ''}
          >
            {t('newChat.start')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
