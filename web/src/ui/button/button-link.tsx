import { createLink, type LinkComponent } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';

interface Look extends ComponentProps<'a'> {
  kind?: 'main' | 'plain' | 'quiet' | undefined;
  size?: 'small' | undefined;
  icon?: LucideIcon | undefined;
}

function Anchor({ kind = 'plain', size, icon: Icon, children, ...given }: Look): ReactNode {
  const classes = [styles.button, styles[kind], size && styles[size]].filter(Boolean).join(' ');
  return (
    <a {...given} className={classes}>
      {Icon && <Icon aria-hidden size={16} />}
      {children}
    </a>
  );
}

const Made = createLink(Anchor);

/** Leads to another page and looks like a button: `<ButtonLink to="/profiles/new" kind="main">…`. */
export const ButtonLink: LinkComponent<typeof Anchor> = (props) => <Made preload="intent" {...props} />;
