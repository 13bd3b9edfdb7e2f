import { randomUUID } from 'node:crypto';
import {
  type Client,
  connect,
  postAuthInvitationsAccept,
  postAuthRegister,
  postOrganizationsMembers,
} from '@multiwa/sdk';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import { browserPath } from './browser-path.ts';

/** A test that a browser makes; where there is none it is skipped, and the run says so. */
export const journey = test.skipIf(browserPath === undefined);

/** Somebody with an organization of their own, and a client that calls as them. */
export interface Person {
  name: string;
  email: string;
  password: string;
  organizationId: string;
  api: Client;
}

export interface VisitOptions {
  language?: 'en' | 'id' | 'pt' | 'es' | 'ar' | 'en-XA' | undefined;
  theme?: 'light' | 'dark' | undefined;
  width?: number | undefined;
}

/** A browser window of its own, without cookies of others. */
export interface Visitor {
  page: Page;
  /** Opens an address of the dashboard and waits until its page is drawn. */
  open(path: string): Promise<void>;
  /** Closes it, and fails when the browser had something to say: errors, warnings, or what the policy forbade. */
  leave(expected?: RegExp): Promise<void>;
}

export const serverUrl = (): string => inject('serverUrl');
export const sandboxUrl = (): string => inject('sandboxUrl');

/** Registers somebody through the API. */
export async function somebody(name = 'Ana'): Promise<Person> {
  const email = `${name.toLowerCase()}-${randomUUID()}@example.org`;
  const password = 'three blue bicycles';
  const client = connect({ url: serverUrl() });
  const body = { email, password, name, organizationName: `${name}'s bakery` };
  const { accessToken, user } = await postAuthRegister({ client, body });
  const api = connect({ url: serverUrl(), tokens: { token: () => accessToken } });
  return { name, email, password, organizationId: user.organizationId, api };
}

/** Invites somebody into the organization of another, with a role that is not the owner's. */
export async function memberOf(
  owner: Person,
  role: 'admin' | 'manager' | 'operator' | 'member' | 'viewer',
  name = 'Budi',
): Promise<Person> {
  const email = `${name.toLowerCase()}-${randomUUID()}@example.org`;
  const password = 'four green scooters';
  const body = { email, name, role, delivery: 'link' as const };
  const { token = '' } = await postOrganizationsMembers({ client: owner.api, body });
  const client = connect({ url: serverUrl() });
  const { accessToken } = await postAuthInvitationsAccept({ client, body: { token, password } });
  const api = connect({ url: serverUrl(), tokens: { token: () => accessToken } });
  return { name, email, password, organizationId: owner.organizationId, api };
}

let starting: Promise<Browser> | undefined;

/** A window at the dashboard; `leave` it at the end. */
export async function visit({
  language,
  theme = 'light',
  width = 1280,
}: VisitOptions = {}): Promise<Visitor> {
  // Where there is no graphics card, one that is imitated takes twice the time for the same pages.
  starting ??= chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
  const browser = await starting;
  const context = await browser.newContext({
    baseURL: serverUrl(),
    viewport: { width, height: 800 },
    colorScheme: theme,
    locale: 'en-US',
    reducedMotion: 'reduce',
  });
  const complaints: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text());
  });
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  await page.exposeFunction('forbidden', (what: string) => complaints.push(`The policy forbade ${what}`));
  await page.addInitScript((look) => {
    // A page without an address has no storage, and no policy.
    if (!location.protocol.startsWith('http')) return;
    if (look && localStorage.getItem('look') === null) localStorage.setItem('look', look);
    document.addEventListener('securitypolicyviolation', (event) => {
      const { forbidden } = globalThis as unknown as { forbidden: (what: string) => void };
      forbidden(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  }, language && ` ${language} comfortable`);
  return {
    page,
    open: async (path) => {
      await page.goto(path);
      await page.locator('h1').first().waitFor();
    },
    leave: async (expected) => {
      const heard = complaints.filter((complaint) => !expected?.test(complaint));
      // What is still being answered for a test would find its page gone.
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await context.close();
      expect(heard).toEqual([]);
    },
  };
}

/** A window of somebody who has signed in there. */
export async function visitAs(person: Person, options: VisitOptions = {}): Promise<Visitor> {
  const visitor = await visit(options);
  await visitor.open('/sign-in');
  await signIn(visitor.page, person);
  return visitor;
}

/** Fills in the sign-in page that is open, and waits for what is behind it. */
export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.locator('[name=email]').fill(email);
  await page.locator('[name=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('nav').first().waitFor({ state: 'attached' });
}
