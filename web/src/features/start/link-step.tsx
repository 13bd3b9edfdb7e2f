import { type Profile, postProfileConnect } from '@multiwa/sdk';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { ScanLine } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { client } from '../../session/index.ts';
import { Button, Panel, ProblemLine } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { LiveQr, qrQuery } from '../profiles/index.ts';
import { network } from '../sandbox/index.ts';
import styles from './start.module.css';
import { startWords } from './words/index.ts';

/** So long the code is seen before the phone scans it by itself. */
const seenMs = 1_200;
/** Of these the person has to do something; the others pass. */
const stopped = ['disconnected', 'failed', 'logged_out'];

/** The code, and beside it the phone that scans it: of the sandbox, or the person's own. */
export function LinkStep({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(startWords);
  const { phone } = useSearch({ from: '/shell/start' });
  const connect = useMutation({ mutationFn: () => postProfileConnect({ client, path: { id: profile.id } }) });
  return (
    <div className={styles.pair}>
      <Panel title={t('link.title')} hint={phone ? t('link.hint') : t('link.ownHint')}>
        <div className={styles.middle}>
          {stopped.includes(profile.status) ? (
            <>
              <p>{t('link.off')}</p>
              <Button kind="main" isBusy={connect.isPending} onClick={() => connect.mutate()}>
                {t('link.again')}
              </Button>
            </>
          ) : (
            <LiveQr profile={profile} />
          )}
        </div>
      </Panel>
      {phone && <Scanner profile={profile} number={phone} />}
    </div>
  );
}

/** A phone of the sandbox. It scans by itself once the code has been seen. */
function Scanner({ profile, number }: { profile: Profile; number: string }): ReactNode {
  const t = useWords(startWords);
  const { customer } = useSearch({ from: '/shell/start' });
  const { data: code } = useQuery({ ...qrQuery(profile.id), enabled: profile.status === 'qr' });
  const text = profile.status === 'qr' ? code?.text : undefined;
  const scan = useMutation({
    mutationFn: async (qr: string) => {
      await network.scan(number, qr);
      if (customer) await network.write(customer, { to: number, type: 'text', text: t('asks') });
    },
  });
  const run = useRef(scan.mutate);
  run.current = scan.mutate;
  const tried = useRef<string>(undefined);
  useEffect(() => {
    if (!text || tried.current !== undefined) return;
    const waiting = setTimeout(() => {
      tried.current = text;
      run.current(text);
    }, seenMs);
    return () => clearTimeout(waiting);
  }, [text]);
  return (
    <section className={styles.device} aria-label={t('link.phone')}>
      <span className={styles.camera} aria-hidden data-busy={scan.isPending || undefined}>
        <ScanLine size={72} />
      </span>
      <bdi dir="ltr">+{number}</bdi>
      <Button
        kind="main"
        icon={ScanLine}
        isBusy={scan.isPending}
        isDisabled={!text || scan.isSuccess}
        onClick={() => text && scan.mutate(text)}
      >
        {scan.isPending ? t('link.scanning') : t('link.scan')}
      </Button>
      <p role="status" className={styles.soft}>
        {scan.isSuccess && t('link.connecting')}
      </p>
      {scan.isError && <ProblemLine error={scan.error} />}
    </section>
  );
}
