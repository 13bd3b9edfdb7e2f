import type { Server } from '@multiwa/sdk';
import type { LinkProps } from '@tanstack/react-router';
import {
  Activity,
  FlaskConical,
  Inbox,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  MonitorSmartphone,
  Palette,
  Rocket,
  Smartphone,
  SquareTerminal,
  UserRound,
  Webhook,
} from 'lucide-react';
import type { Permission } from '../session/index.ts';
import type { words } from './words/en.ts';

export interface Place {
  name: keyof typeof words.places;
  to: NonNullable<LinkProps['to']>;
  icon: LucideIcon;
  permission?: Permission;
  /** After `g`: `g i` goes to the inbox. */
  key?: string;
  /** English words it is found by, in every language. */
  also?: string;
  /** Shown only where the server has it. */
  isThere?: (server: Server) => boolean;
}

/** The side bar: what a group holds, in its order. A page that is added gets a line here. */
export const groups: { name: keyof typeof words.groups; places: Place[] }[] = [
  {
    name: 'talk',
    places: [
      {
        name: 'inbox',
        to: '/inbox',
        icon: Inbox,
        permission: 'message:read',
        key: 'i',
        also: 'messages conversations chat',
      },
    ],
  },
  { name: 'reach', places: [] },
  {
    name: 'run',
    places: [
      {
        name: 'profiles',
        to: '/profiles',
        icon: Smartphone,
        permission: 'profile:read',
        key: 'p',
        also: 'accounts numbers phones fleet',
      },
    ],
  },
  {
    name: 'build',
    places: [
      {
        name: 'start',
        to: '/start',
        icon: Rocket,
        permission: 'profile:create',
        also: 'first message begin try tour',
      },
      { name: 'try', to: '/developers/try', icon: SquareTerminal, key: 't', also: 'api console playground' },
      { name: 'keys', to: '/developers/keys', icon: KeyRound, permission: 'apikey:read', key: 'k' },
      {
        name: 'webhooks',
        to: '/developers/webhooks',
        icon: Webhook,
        permission: 'webhook:manage',
        key: 'w',
        also: 'deliveries replay',
      },
      {
        name: 'events',
        to: '/developers/events',
        icon: Activity,
        permission: 'profile:read',
        key: 'e',
        also: 'tail log catalogue',
      },
      {
        name: 'sandbox',
        to: '/sandbox',
        icon: FlaskConical,
        permission: 'profile:connect',
        key: 's',
        also: 'phones faults ledger test network',
        isThere: ({ sandbox }) => sandbox,
      },
    ],
  },
];

export const overview: Place = {
  name: 'overview',
  to: '/',
  icon: LayoutDashboard,
  key: 'o',
  also: 'home dashboard',
};

/** Behind one's name at the foot of the side bar; the palette finds them by theirs. */
export const accountPlaces: Place[] = [
  { name: 'account', to: '/account/profile', icon: UserRound, also: 'profile email' },
  { name: 'security', to: '/account/security', icon: KeyRound, also: 'two factor 2fa totp' },
  { name: 'sessions', to: '/account/sessions', icon: MonitorSmartphone, also: 'devices' },
  { name: 'appearance', to: '/account/appearance', icon: Palette, also: 'theme dark light language density' },
];
