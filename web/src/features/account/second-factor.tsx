import {
  postAuth2FaBackupCodes,
  postAuth2FaDisable,
  postAuth2FaEnable,
  postAuth2FaSetup,
  type TwoFactorSecret,
} from '@multiwa/sdk';
import { type ReactNode, useState } from 'react';
import { client, readPerson, usePerson } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Badge, Button, Code, Dialog, DialogButtons, Id, Panel, say, sayProblem } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './account.module.css';
import { accountWords } from './words/index.ts';

/** The second factor: set up with a code to scan, switched off with a proof; its backup codes are seen once. */
export function SecondFactor(): ReactNode {
  const t = useWords(accountWords);
  const { twoFactorEnabled, backupCodesRemaining } = usePerson();
  const [secret, setSecret] = useState<TwoFactorSecret>();
  const [asks, setAsks] = useState<'off' | 'codes'>();
  const [codes, setCodes] = useState<readonly string[]>();
  const begin = () => postAuth2FaSetup({ client }).then(setSecret, sayProblem);
  return (
    <Panel
      title={t('security.second')}
      hint={t('security.secondHint')}
      actions={
        twoFactorEnabled ? (
          <>
            <Button onClick={() => setAsks('codes')}>{t('security.newCodes')}</Button>
            <Button onClick={() => setAsks('off')}>{t('security.switchOff')}</Button>
          </>
        ) : (
          <Button onClick={begin}>{t('security.setUp')}</Button>
        )
      }
    >
      <p className={styles.inline}>
        {twoFactorEnabled ? (
          <>
            <Badge hue="ok">{t('security.on')}</Badge>
            {t('security.left', { count: backupCodesRemaining })}
          </>
        ) : (
          <Badge hue="off">{t('security.off')}</Badge>
        )}
      </p>
      {secret && (
        <SetUp
          secret={secret}
          onClose={() => setSecret(undefined)}
          onCodes={(shown) => {
            setSecret(undefined);
            setCodes(shown);
          }}
        />
      )}
      {asks && <Prove asks={asks} onClose={() => setAsks(undefined)} onCodes={setCodes} />}
      {codes && <BackupCodes codes={codes} onClose={() => setCodes(undefined)} />}
    </Panel>
  );
}

function SetUp({
  secret,
  onClose,
  onCodes,
}: {
  secret: TwoFactorSecret;
  onClose: () => void;
  onCodes: (codes: readonly string[]) => void;
}): ReactNode {
  const t = useWords(accountWords);
  const form = useServerForm({
    defaults: { token: '' },
    send: async ({ token }) => {
      const body = { token: token.replaceAll(/\s/g, '') };
      const { backupCodes } = await postAuth2FaEnable({ client, body });
      await readPerson();
      onCodes(backupCodes);
    },
  });
  return (
    <Dialog isOpen onClose={onClose} title={t('security.second')} description={t('security.scan')}>
      <div className={styles.qr}>
        <img src={secret.qrCodeDataUrl} alt={t('security.qr')} width={200} height={200} />
        <Id value={secret.secret} />
      </div>
      <Form of={form} button={t('security.switchOn')}>
        <TextField of={form} name="token" autoComplete="one-time-code" isMono label={t('security.code')} />
      </Form>
    </Dialog>
  );
}

/** Six digits are a code; everything else is a password. */
function Prove({
  asks,
  onClose,
  onCodes,
}: {
  asks: 'off' | 'codes';
  onClose: () => void;
  onCodes: (codes: readonly string[]) => void;
}): ReactNode {
  const t = useWords(accountWords);
  const form = useServerForm({
    defaults: { proof: '' },
    send: async ({ proof }) => {
      const digits = proof.replaceAll(/\s/g, '');
      const body = /^\d{6}$/.test(digits) ? { token: digits } : { password: proof };
      if (asks === 'off') {
        await postAuth2FaDisable({ client, body });
        say(t('security.switchedOff'));
      } else onCodes((await postAuth2FaBackupCodes({ client, body })).backupCodes);
      await readPerson();
      onClose();
    },
  });
  const title = asks === 'off' ? t('security.switchOff') : t('security.newCodes');
  return (
    <Dialog isOpen onClose={onClose} title={title} description={t('security.prove')}>
      <Form of={form} button={title} kind={asks === 'off' ? 'danger' : 'main'}>
        <TextField
          of={form}
          name="proof"
          type="password"
          autoComplete="current-password"
          label={t('security.proof')}
        />
      </Form>
    </Dialog>
  );
}

function BackupCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }): ReactNode {
  const t = useWords(accountWords);
  return (
    <Dialog isOpen onClose={onClose} title={t('security.backup')} description={t('security.backupHint')}>
      <Code label={t('security.backup')}>{codes.join('\n')}</Code>
      <DialogButtons>
        <Button kind="main" onClick={onClose}>
          {t('security.kept')}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
