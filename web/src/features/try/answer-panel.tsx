import type { ReactNode } from 'react';
import { Badge, ButtonLink, Code, type Hue, Id, JsonTree, Panel } from '../../ui/index.ts';
import { formatBytes, formatDuration, useWords } from '../../words/index.ts';
import type { Answer } from './run.ts';
import styles from './try.module.css';
import { tryWords } from './words/index.ts';

/** What came back: status, time, request, headers, body. */
export function AnswerPanel({ of }: { of: Answer }): ReactNode {
  const t = useWords(tryWords);
  const json = parsed(of.text);
  const requestId = of.headers['x-request-id'];
  const code = codeOf(json);
  return (
    <Panel
      title={t('answer')}
      actions={
        <ButtonLink kind="quiet" size="small" to="/developers/events">
          {t('watch')}
        </ButtonLink>
      }
    >
      <p className={styles.facts} role="status">
        <Badge hue={hueOf(of.status)}>{of.status}</Badge>
        <span>{formatDuration(of.ms)}</span>
        <span>{formatBytes(of.bytes)}</span>
        {requestId && (
          <span>
            {t('request')} <Id value={requestId} />
          </span>
        )}
        {code && (
          <a href={`/api/docs/errors#${code}`} target="_blank" rel="noopener noreferrer">
            {t('explain', { code })}
          </a>
        )}
      </p>
      {of.text === undefined ? (
        <p className={styles.soft}>{t('file', { type: of.headers['content-type'] })}</p>
      ) : json !== undefined ? (
        <JsonTree value={json} label={t('answer')} depth={4} />
      ) : of.text === '' ? (
        <p className={styles.soft}>{t('empty')}</p>
      ) : (
        <Code label={of.headers['content-type'] ?? ''}>{of.text}</Code>
      )}
      {of.isCut && <p className={styles.soft}>{t('cut')}</p>}
      <details className={styles.more}>
        <summary>{t('headers')}</summary>
        <Code label={t('headers')}>
          {Object.entries(of.headers)
            .map(([name, value]) => `${name}: ${value}`)
            .join('\n')}
        </Code>
      </details>
    </Panel>
  );
}

function hueOf(status: number): Hue {
  if (status < 300) return 'ok';
  return status < 500 ? 'warning' : 'failed';
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined || text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The code of an error of the catalogue. */
function codeOf(json: unknown): string | undefined {
  const { error } = (typeof json === 'object' && json !== null ? json : {}) as { error?: { code?: unknown } };
  return typeof error?.code === 'string' ? error.code : undefined;
}
