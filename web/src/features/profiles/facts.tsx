import type { Profile } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { Panel, Phone, Time } from '../../ui/index.ts';
import { formatNumber, formatPercent, useWords } from '../../words/index.ts';
import styles from './profile.module.css';
import { profilesWords } from './words/index.ts';

/** What is known of the account and its device. */
export function Facts({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const { phone, pushName, engine, nodeId, lastConnectedAt, messageCount, history, createdAt } = profile;
  return (
    <Panel title={t('facts.title')}>
      <dl className={styles.facts}>
        <dt>{t('facts.number')}</dt>
        <dd>{phone ? <Phone number={phone} /> : t('noNumber')}</dd>
        {pushName && (
          <>
            <dt>{t('facts.pushName')}</dt>
            <dd>
              <bdi>{pushName}</bdi>
            </dd>
          </>
        )}
        <dt>{t('facts.engine')}</dt>
        <dd>{engine === 'sandbox' || engine === 'baileys' ? t(`engines.${engine}`) : engine}</dd>
        {nodeId && (
          <>
            <dt>{t('facts.node')}</dt>
            <dd>
              <code dir="ltr">{nodeId}</code>
            </dd>
          </>
        )}
        <dt>{t('facts.connected')}</dt>
        <dd>{lastConnectedAt ? <Time at={lastConnectedAt} /> : t('facts.never')}</dd>
        {messageCount !== undefined && (
          <>
            <dt>{t('facts.messages')}</dt>
            <dd>{messageCount >= 1000 ? `${formatNumber(1000)}+` : formatNumber(messageCount)}</dd>
          </>
        )}
        {history && (
          <>
            <dt>{t('facts.past')}</dt>
            <dd>{pastOf(t, history)}</dd>
          </>
        )}
        <dt>{t('facts.made')}</dt>
        <dd>
          <Time at={createdAt} />
        </dd>
      </dl>
    </Panel>
  );
}

function pastOf(
  t: ReturnType<typeof useWords<'profiles'>>,
  { state, percent, messages }: NonNullable<Profile['history']>,
): string {
  if (state === 'running') return t('facts.pastRunning', { percent: formatPercent(percent / 100) });
  if (state === 'complete') return t('facts.pastComplete', { messages: formatNumber(messages) });
  return t('facts.pastNone');
}
