import { Check, Copy } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { useWords } from '../../words/index.ts';
import { Button } from '../button/button.tsx';
import { copyText } from './copy-text.ts';

const saidMs = 2_000;

/** Copies a text; says so for two seconds. With `children` it is a button with words. */
export function CopyButton({
  text,
  label,
  children,
}: {
  text: string;
  label?: string;
  children?: ReactNode;
}): ReactNode {
  const t = useWords('ui');
  const [isCopied, setCopied] = useState(false);
  const fading = useRef<ReturnType<typeof setTimeout>>(undefined);
  const copy = async () => {
    await copyText(text);
    setCopied(true);
    clearTimeout(fading.current);
    fading.current = setTimeout(() => setCopied(false), saidMs);
  };
  const words = isCopied ? t('copied') : (label ?? t('copy'));
  return (
    <Button
      kind={children ? 'plain' : 'quiet'}
      size={children ? undefined : 'small'}
      icon={isCopied ? Check : Copy}
      label={children ? undefined : words}
      onClick={copy}
    >
      {children && (isCopied ? t('copied') : children)}
    </Button>
  );
}
