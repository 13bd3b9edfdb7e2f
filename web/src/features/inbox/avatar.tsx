import { type ReactNode, useState } from 'react';
import styles from './avatar.module.css';
import { ownPath } from './links.ts';
import { initialsOf } from './names.ts';

/** The picture of a person or group as it is kept here, or their initials. */
export function Avatar({ url, name }: { url: string | null; name: string }): ReactNode {
  const [isGone, setGone] = useState<string>();
  const path = ownPath(url);
  return (
    <span className={styles.avatar} aria-hidden>
      {path && isGone !== path ? (
        <img src={path} alt="" width={40} height={40} loading="lazy" onError={() => setGone(path)} />
      ) : (
        initialsOf(name)
      )}
    </span>
  );
}
