import type { WebhookItem, WebhookTestResult, WebhookWithSecret } from '@multiwa/sdk';
import { useNavigate } from '@tanstack/react-router';
import { CircleSlash, Ellipsis, KeyRound, Send, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import {
  Badge,
  Button,
  Confirm,
  Dialog,
  DialogButtons,
  Field,
  Menu,
  Select,
  sayProblem,
  sayUndo,
  useCommands,
} from '../../ui/index.ts';
import { formatDuration, useWords } from '../../words/index.ts';
import { useChangeWebhook, useDeleteWebhook, useRotateSecret, useTestWebhook } from './commands.ts';
import { SecretShown } from './secret-shown.tsx';
import styles from './webhooks.module.css';
import { webhooksWords } from './words/index.ts';

type One = Pick<WebhookItem, 'id' | 'url' | 'enabled'>;

/** What can be done with a webhook, and the dialogs that it opens. */
export function useWebhookActs(of: One): {
  buttons: ReactNode;
  dialogs: ReactNode;
  test: () => Promise<void>;
} {
  const t = useWords(webhooksWords);
  const navigate = useNavigate();
  const change = useChangeWebhook(of.id);
  const remove = useDeleteWebhook(() => navigate({ to: '/developers/webhooks' }));
  const testing = useTestWebhook(of.id);
  const [opened, setOpened] = useState<'rotate' | 'delete'>();
  const [result, setResult] = useState<WebhookTestResult>();
  const close = () => setOpened(undefined);
  const test = async () => {
    setResult(undefined);
    await testing.mutateAsync().then(setResult, () => undefined);
  };
  const switchOff = async () => {
    try {
      await change.mutateAsync({ enabled: false });
      sayUndo(t('switchedOff'), t('enable'), () => change.mutateAsync({ enabled: true }));
    } catch (error) {
      sayProblem(error);
    }
  };
  useCommands([
    { id: 'webhook.test', label: t('test'), also: 'send a test', keys: 't', run: test },
    {
      id: 'webhook.rotate',
      label: t('rotate'),
      also: 'rotate secret',
      run: () => setOpened('rotate'),
    },
    { id: 'webhook.off', label: t('disable'), also: 'disable', isAllowed: of.enabled, run: switchOff },
  ]);
  return {
    test,
    buttons: (
      <>
        {result && <TestResult of={result} />}
        <Button icon={Send} isBusy={testing.isPending} onClick={test}>
          {t('test')}
        </Button>
        <Menu
          trigger={<Button icon={Ellipsis} label={t('more')} />}
          items={[
            { label: t('rotate'), icon: KeyRound, run: () => setOpened('rotate') },
            ...(of.enabled ? [{ label: t('disable'), icon: CircleSlash, run: switchOff }] : []),
            null,
            { label: t('delete'), icon: Trash2, isDanger: true, run: () => setOpened('delete') },
          ]}
        />
      </>
    ),
    dialogs: (
      <>
        <Rotate of={of} isOpen={opened === 'rotate'} onClose={close} />
        <Confirm
          isOpen={opened === 'delete'}
          onClose={close}
          title={t('deleteTitle')}
          button={t('delete')}
          name={hostOf(of.url)}
          act={() => remove.mutateAsync(of.id)}
        >
          {t('deleteHint')}
        </Confirm>
      </>
    ),
  };
}

function TestResult({ of }: { of: WebhookTestResult }): ReactNode {
  return (
    <span role="status" className={styles.result} title={of.message}>
      <Badge hue={of.success ? 'ok' : 'failed'}>
        {of.statusCode ?? of.message} · {formatDuration(of.durationMs)}
      </Badge>
    </span>
  );
}

/** In seconds. */
const overlaps = { day: 86_400, hour: 3_600, week: 604_800, none: 0 } as const;
type Overlap = keyof typeof overlaps;

/** A new secret, beside which the old one signs for a while, so that receivers can change over. */
function Rotate({ of, isOpen, onClose }: { of: One; isOpen: boolean; onClose: () => void }): ReactNode {
  const t = useWords(webhooksWords);
  const rotate = useRotateSecret(of.id, of.url);
  const [overlap, setOverlap] = useState<Overlap>('day');
  const [made, setMade] = useState<WebhookWithSecret>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  const run = async () => {
    try {
      setMade(await rotate.mutateAsync({ overlapSeconds: overlaps[overlap] }));
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <Dialog isOpen={isOpen} onClose={close} title={t('rotate')} description={t('rotateHint')} size="wide">
      {made ? (
        <SecretShown secret={made.secret} signingSecret={made.signingSecret} />
      ) : (
        <Field label={t('overlap')}>
          {({ id }) => (
            <Select
              id={id}
              value={overlap}
              choices={(Object.keys(overlaps) as Overlap[]).map((value) => ({
                value,
                label: t(`overlaps.${value}`),
              }))}
              onChange={setOverlap}
            />
          )}
        </Field>
      )}
      <DialogButtons>
        {!made && (
          <Button kind="main" isBusy={rotate.isPending} onClick={run}>
            {t('rotate')}
          </Button>
        )}
        <Button onClick={close}>{t('done')}</Button>
      </DialogButtons>
    </Dialog>
  );
}

/** What is typed before it is deleted. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
