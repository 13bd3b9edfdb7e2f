import { FileText, Music, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button, Checkbox } from '../../ui/index.ts';
import { formatBytes, useWords } from '../../words/index.ts';
import styles from './composer.module.css';
import { type Attached, kindOfFile } from './sent.ts';
import { inboxWords } from './words/index.ts';

/** The files that go with the next message. */
export function Attachments({
  files,
  onChange,
}: {
  files: readonly Attached[];
  onChange: (files: readonly Attached[]) => void;
}): ReactNode {
  const t = useWords(inboxWords);
  return (
    <ul className={styles.files}>
      {files.map((attached, index) => {
        const { file, as } = attached;
        const usual = kindOfFile(file);
        const change = (next: Attached) => onChange(files.with(index, next));
        return (
          <li key={`${file.name} ${file.size} ${file.lastModified}`}>
            <Small file={file} />
            <span className={styles.about}>
              <bdi className={styles.clip}>{file.name}</bdi>
              <span>
                {t(`kinds.${as}`)} · {formatBytes(file.size)}
              </span>
              {usual !== 'document' && (
                <Checkbox
                  isChecked={as === 'document'}
                  onChange={(isDocument) => change({ file, as: isDocument ? 'document' : usual })}
                >
                  {t('composer.asDocument')}
                </Checkbox>
              )}
            </span>
            <Button
              kind="quiet"
              size="small"
              icon={X}
              label={t('composer.remove', { name: file.name })}
              onClick={() => onChange(files.toSpliced(index, 1))}
            />
          </li>
        );
      })}
    </ul>
  );
}

/** What a file looks like; the address it is shown by lasts as long as it is shown. */
function Small({ file }: { file: File }): ReactNode {
  const [url, setUrl] = useState<string>();
  const isPicture = /^image\/(png|jpeg|webp|gif)$/.test(file.type);
  useEffect(() => {
    if (!isPicture) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file, isPicture]);
  if (url) return <img src={url} alt="" width={48} height={48} />;
  const Picture = file.type.startsWith('audio/') ? Music : FileText;
  return <Picture aria-hidden size={28} />;
}
