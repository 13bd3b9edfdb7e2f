import type { ReactNode } from 'react';
import { useWords } from '../../words/index.ts';
import styles from './link.module.css';
import { profilesWords } from './words/index.ts';

/** Of the ring that runs down around the seconds. */
const radius = 9;
const around = 2 * Math.PI * radius;
/** So long a code is good, mostly; a longer one stays full until then. */
const fullSeconds = 60;

/** A code to scan, always dark on white, with how long it is good; without a picture the place it will take. */
export function QrPicture({
  picture,
  words,
  left,
  act,
  isLarge,
}: {
  picture?: string;
  words: string;
  left?: number | undefined;
  act?: ReactNode;
  isLarge: boolean;
}): ReactNode {
  const t = useWords(profilesWords);
  return (
    <figure className={`${styles.figure} ${isLarge ? styles.large : ''}`}>
      <div className={styles.paper} data-over={left === 0 || undefined}>
        {picture && <img src={picture} alt={t('link.qrAlt')} />}
      </div>
      <figcaption className={styles.caption}>
        {left !== undefined && <Ring share={Math.min(1, left / fullSeconds)} />}
        <span>{words}</span>
        {act}
      </figcaption>
    </figure>
  );
}

function Ring({ share }: { share: number }): ReactNode {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" className={styles.ring}>
      <circle cx="12" cy="12" r={radius} className={styles.track} />
      <circle
        cx="12"
        cy="12"
        r={radius}
        strokeDasharray={around}
        strokeDashoffset={around * (1 - share)}
        transform="rotate(-90 12 12)"
      />
    </svg>
  );
}
