import { type Profile, postProfilePairingCode } from '@multiwa/sdk';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { client } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { CopyButton, ProblemLine } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { useSecondsLeft } from './countdown.ts';
import styles from './link.module.css';
import { profilesWords } from './words/index.ts';

/** Eight letters that are typed on the phone instead of scanning a picture. */
export function PairingCode({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const ask = useMutation({
    mutationFn: (phoneNumber: string) =>
      postProfilePairingCode({ client, path: { id: profile.id }, body: { phoneNumber } }),
  });
  const left = useSecondsLeft(ask.data?.expiresAt);
  const form = useServerForm({
    defaults: { phoneNumber: profile.phone ?? '' },
    send: ({ phoneNumber }) => ask.mutateAsync(phoneNumber),
  });
  return (
    <>
      <p>{t('link.codeHint')}</p>
      <Form of={form} button={ask.data ? t('link.newCode') : t('link.getCode')}>
        <TextField
          of={form}
          name="phoneNumber"
          type="tel"
          inputMode="tel"
          dir="ltr"
          label={t('link.number')}
          hint={t('link.numberHint')}
        />
      </Form>
      {ask.data && (
        <div role="status">
          <p>{t('link.typeThis')}</p>
          <p className={styles.code} dir="ltr">
            <code>{ask.data.code}</code> <CopyButton text={ask.data.code} />
          </p>
          {left !== undefined && (
            <p className={styles.soft}>{left > 0 ? t('link.expires', { count: left }) : t('link.expired')}</p>
          )}
        </div>
      )}
      {ask.isError && form.problem === undefined && <ProblemLine error={ask.error} />}
    </>
  );
}
