import type { LocationContent } from '@multiwa/sdk';
import { MapPin } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWords } from '../../../words/index.ts';
import { RichText } from '../rich-text.tsx';
import { inboxWords } from '../words/index.ts';
import styles from './kinds.module.css';

const ofEarth = { maximumFractionDigits: 5 } as const;

/** A place, drawn by us: no map service learns who looks at what. */
export function Place({ content }: { content: LocationContent }): ReactNode {
  const t = useWords(inboxWords);
  const { latitude = 0, longitude = 0, name, address, live, caption, comment } = content;
  const where = [latitude, longitude].map((degrees) => degrees.toLocaleString('en', ofEarth)).join(', ');
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  return (
    <div className={styles.card}>
      <span className={styles.pin}>
        <MapPin aria-hidden size={28} />
      </span>
      {name && <strong dir="auto">{name}</strong>}
      {address && <p dir="auto">{address}</p>}
      <p className={styles.faint}>
        <bdi dir="ltr">{where}</bdi> ·{' '}
        <a href={map} target="_blank" rel="noopener noreferrer">
          {t('body.map')}
        </a>
      </p>
      {live && <p className={styles.faint}>{t('body.liveLocation')}</p>}
      {(caption ?? comment) && <RichText text={caption ?? comment ?? ''} />}
    </div>
  );
}
