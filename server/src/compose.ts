import { join } from 'node:path';
import { createBaileysEngine, whatsappUrl } from './engines/baileys/index.ts';
import { engineFeature } from './engines/engine-feature.ts';
import type { Engine, EngineName } from './engines/port.ts';
import { createAccess } from './features/access/index.ts';
import { createAccounts } from './features/accounts/index.ts';
import { createAi } from './features/ai/index.ts';
import { createApiKeys, touchKey } from './features/api-keys/index.ts';
import { createAudit } from './features/audit/index.ts';
import { createAuth, type PasswordCost, passwordLengthMax, touchSession } from './features/auth/index.ts';
import { createAutomation } from './features/automation/index.ts';
import { createAutoreply } from './features/autoreply/index.ts';
import { createBroadcasts } from './features/broadcasts/index.ts';
import { createBulkActs } from './features/bulk-acts/index.ts';
import { createConsent } from './features/consent/index.ts';
import { createContacts } from './features/contacts/index.ts';
import { createConversations, followContacts, handOver } from './features/conversations/index.ts';
import { createEvents } from './features/events/index.ts';
import { createGdpr } from './features/gdpr/index.ts';
import { createGroups } from './features/groups/index.ts';
import { createHealth } from './features/health/index.ts';
import { createHooks } from './features/hooks/index.ts';
import { createIntegrations } from './features/integrations/index.ts';
import { createKnowledge } from './features/knowledge/index.ts';
import { createMail } from './features/mail/index.ts';
import { createMedia } from './features/media/index.ts';
import { createMessages } from './features/messages/index.ts';
import { createNotifications, preferenceProblems } from './features/notifications/index.ts';
import { createOrganizations, insertOrganization } from './features/organizations/index.ts';
import { createChatPresence } from './features/presence/index.ts';
import { createProfiles } from './features/profiles/index.ts';
import { createRbac } from './features/rbac/index.ts';
import { createSchedule } from './features/schedule/index.ts';
import { createSearch, createWords } from './features/search/index.ts';
import { createSendingPolicy } from './features/sending-policy/index.ts';
import { createServerFacts } from './features/server/index.ts';
import { createSettings } from './features/settings/index.ts';
import { createCountPast, createStatistics } from './features/statistics/index.ts';
import { createStatuses, createStatusUpdates } from './features/statuses/index.ts';
import { createTemplates } from './features/templates/index.ts';
import { createUpkeep } from './features/upkeep/index.ts';
import { createWebhooks } from './features/webhooks/index.ts';
import { createWorkspaces } from './features/workspaces/index.ts';
import { idempotencyKeeps } from './http/idempotency.keeps.ts';
import type { Idempotency } from './http/idempotency.ts';
import { ignoredFields } from './http/ignored-fields.ts';
import { bodyCheck } from './http/validation.ts';
import type { Authenticator } from './platform/actor.ts';
import type { AuditLog } from './platform/audit/record.ts';
import type { Clock } from './platform/clock.ts';
import type { Config } from './platform/config/config.ts';
import type { Vault } from './platform/crypto.ts';
import type { DatabaseCondition } from './platform/db/condition.ts';
import { type Db, inTransaction } from './platform/db/transaction.ts';
import type { EventDefinition } from './platform/events/define.ts';
import type { OpenFeed } from './platform/events/feed.ts';
import type { PassingEvents } from './platform/events/passing.ts';
import type { EventLog } from './platform/events/reader.ts';
import type { EventRecorder } from './platform/events/record.ts';
import type { Feature } from './platform/feature.ts';
import { installationKeeps } from './platform/installation.store.ts';
import type { JobEraser, JobQueue } from './platform/jobs/jobs.ts';
import { collectKeeps } from './platform/keeps/keeps.ts';
import type { Log } from './platform/log.ts';
import { createNodeQuestions } from './platform/node-questions.ts';
import type { NodeTalk } from './platform/node-talk.ts';
import type { Outbound } from './platform/outbound/outbound.ts';
import type { Personal } from './platform/personal.ts';
import type { Presence } from './platform/presence.ts';
import { arrivingFolder } from './platform/storage/create-storage.ts';
import { createS3Storage, type S3Manner, type S3Settings } from './platform/storage/s3.ts';
import type { Storage } from './platform/storage/storage.ts';
import { messageTracesKeeps } from './platform/tracing/message-traces.keeps.ts';
import { purgeTraces } from './platform/tracing/message-traces.store.ts';
import type { Tracing } from './platform/tracing/tracing.ts';
import type { SandboxNetwork } from './sandbox/network.ts';

export interface Platform {
  config: Config;
  log: Log;
  clock: Clock;
  db: Db;
  condition: DatabaseCondition;
  vault: Vault;
  events: EventRecorder;
  eventLog: EventLog;
  passing: PassingEvents;
  outbound: Outbound;
  idempotency: Idempotency;
  audit: AuditLog;
  jobs: JobQueue & JobEraser;
  talk: NodeTalk;
  personal: Personal;
  nodeId: string;
  presence: Presence;
  sandbox: SandboxNetwork;
  storage: Storage;
  tracing: Tracing;
  /** Where people reach this server, without a slash at the end. */
  address: () => string;
  version: string;
  /** Other than production's; for tests. */
  passwordCost?: PasswordCost | undefined;
}

export interface House {
  features: Feature[];
  authenticator: Authenticator;
  eventDefinitions: EventDefinition[];
  openFeed: OpenFeed;
}

/**
 * Builds every feature, in the order of who needs whom. Nothing runs yet.
 * @throws Error with a sentence when two features keep the same table.
 */
export function compose(platform: Platform): House {
  const { config, sandbox, talk } = platform;
  const bucket = (settings: S3Settings, manner: S3Manner = {}) =>
    createS3Storage(settings, arrivingFolder(config), { ...manner, agents: platform.outbound.agents() });
  const media = createMedia({ ...platform, bucket, workFolder: join(config.dataDir, 'converting') });
  const files = {
    files: media.forEngines,
    uploadsFolder: join(config.dataDir, 'uploading'),
    history: config.history,
  };
  const engines: Record<EngineName, Engine> = {
    baileys: createBaileysEngine({
      ...{ ...platform, ...files, name: 'baileys', url: config.whatsappUrl ?? whatsappUrl },
    }),
    sandbox: createBaileysEngine({
      ...{ ...platform, ...files, name: 'sandbox', url: () => sandbox.socketUrl() },
      certificate: () => sandbox.certificate(),
    }),
  };
  const access = createAccess({ ...platform, touchSession, touchKey });
  const eventDefinitions: EventDefinition[] = [];
  const webhooks = createWebhooks({
    ...platform,
    defaultCountry: config.defaultCountry,
    catalogue: () => eventDefinitions,
  });
  const apiKeys = createApiKeys({ ...platform, authenticator: access.authenticator });
  const profiles = createProfiles({
    ...platform,
    ...{ engines, media },
    leaseSeconds: config.leaseSeconds,
    defaultCountry: config.defaultCountry,
    unavailable: (engine) => (engine === 'sandbox' ? sandbox.unavailable() : null),
    tellOthers: talk.tell,
    sendingResumed(profileId) {
      if (!messages.here.outbox(profileId)) talk.tell('outbox', profileId);
      if (!messages.here.deeds(profileId)) talk.tell('deeds', profileId);
      if (!statuses.here(profileId)) talk.tell('statuses', profileId);
    },
    async forget(tx, profile) {
      await webhooks.forgetProfile(tx, profile);
      await apiKeys.forgetProfile(tx, profile);
      await media.forgetProfile(tx, profile);
    },
  });
  const questions = createNodeQuestions({ ...platform, tell: talk.tell });
  const groups = createGroups({
    ...platform,
    questions,
    media,
    defaultCountry: config.defaultCountry,
    live: profiles.sessions.live,
    messages: () => messages,
  });
  const statusUpdates = createStatusUpdates({
    ...{ ...platform, media, dropsByItself: config.statuses === 'drop' },
    came: (profileId) => statuses.came(profileId),
  });
  const words = createWords(platform);
  const countPast = createCountPast(platform);
  const messages = createMessages({
    ...platform,
    async pastStored(tx, organizationId, ids) {
      await words.gather.noted(tx, organizationId, ids);
      await countPast.stored(tx, organizationId, ids);
    },
    pastTold: countPast.told,
    media,
    engines,
    statuses: statusUpdates,
    defaultCountry: config.defaultCountry,
    validitySeconds: config.messageValidity,
    live: profiles.sessions.live,
    pauses: profiles.pauses,
    bodyCheck,
    ignoredFields,
    tellOwner: talk.tell,
    membersOf: groups.membersOf,
    pokeStates: (profileId) => conversations.poke(profileId),
    gate: (tx, message) => policy.gate(tx, message),
  });
  const statuses = createStatuses({
    ...{ ...platform, media, messages, engines, live: profiles.sessions.live, tellOwner: talk.tell },
    ...{ validitySeconds: config.messageValidity, mediaDays: config.statusMediaDays },
  });
  const schedule = createSchedule({ ...platform, media, messages, validitySeconds: config.messageValidity });
  const conversations = createConversations({
    ...platform,
    messages: messages.ofConversation,
    presentMessage: messages.presentStored,
    linksOf: media.linksOf,
    contactSeen: (contact) => contacts.seen(contact),
    markRead: messages.markRead,
    readElsewhere: messages.readElsewhere,
    forget: messages.forget,
    live: profiles.sessions.live,
    tellOwner: (profileId) => talk.tell('states', profileId),
  });
  const contacts = createContacts({
    ...platform,
    ...{ media, questions, handOver, followContacts },
    optedOut: (...asked) => consent.whoOptedOut(...asked),
    removeConversation: conversations.remove,
    mergePeople: messages.mergePeople,
    defaultCountry: config.defaultCountry,
    live: profiles.sessions.live,
  });
  const bulkActs = createBulkActs({ ...platform, kinds: [profiles.bulk, conversations.bulk, contacts.bulk] });
  const chatPresence = createChatPresence({
    ...platform,
    live: profiles.sessions.live,
    tellOwner: (words) => talk.tell('presence', words),
  });
  const consent = createConsent({ ...platform, media, messages });
  const policy = createSendingPolicy({ ...platform, identities: consent.identities });
  const templates = createTemplates({
    ...{ ...platform, media, messages },
    users: () => ({ automations: automation.withTemplate, broadcasts: broadcasts.withTemplate }),
  });
  const broadcasts = createBroadcasts({
    ...{ ...platform, media, messages, templates, defaultCountry: config.defaultCountry },
    keepDays: config.broadcastKeepDays,
    ...{ judge: policy.judge, outlook: policy.outlook },
    checkNumbers: contacts.checkNumbers,
    live: profiles.sessions.live,
    tellOwner: (profileId) => talk.tell('broadcasts', profileId),
  });
  const ai = createAi({
    ...{ ...platform, latestMessages: messages.latest, conversation: conversations.find },
    search: (...asked) => knowledge.search(...asked),
  });
  const automation = createAutomation({
    ...{ ...platform, messages, defaultCountry: config.defaultCountry, contacts: contacts.deeds },
    ...{ assign: conversations.assignTo, conversation: conversations.find },
    ...{ noteAbout: conversations.noteAbout, wishes: consent.wishes },
    ...{ templates, judge: policy.judge },
    quickReply: (...of) => autoreply.quickReply(...of),
    hooksOf: (...of) => autoreply.hooksOf(...of),
    ask: (tx, of, facts) => autoreply.ask(tx, of, facts),
    ...{ assistant: ai.assistant, asksToStop: consent.asksToStop },
  });
  const autoreply = createAutoreply({
    ...{ ...platform, media, rules: automation.service, conversation: conversations.find },
  });
  const knowledge = createKnowledge({ ...platform, media, embedder: ai.models });
  const statistics = createStatistics({
    ...{ ...platform, broadcasts: broadcasts.counts, automations: automation.counts },
  });
  const settings = createSettings({ ...platform, media, bucket });
  const { feature: mailFeature, mail } = createMail({ ...platform, mailServerOf: settings.mailServerOf });
  const notifications = createNotifications({ ...platform, mail, catalogue: () => eventDefinitions });
  const auth = createAuth({
    ...platform,
    mail,
    preferences: { problemsOf: preferenceProblems, changed: notifications.forget },
    tokens: access.tokens,
    authenticator: access.authenticator,
    insertOrganization,
  });
  const audit = createAudit(platform);
  const gdpr = createGdpr({
    ...platform,
    people: auth.people,
    authenticator: access.authenticator,
    keeps: () => keeps,
  });
  const organizations = createOrganizations({
    ...platform,
    mail,
    people: auth.people,
    browserSessions: auth.browserSessions,
    attempts: auth.attempts,
    zoneChanged: statistics.zoneChanged,
  });
  const events = createEvents({ ...platform, catalogue: () => eventDefinitions });
  const features: Feature[] = [
    auth.feature,
    createHealth(platform).feature,
    createServerFacts({
      ...{ ...platform, passwordLengthMax, registration: auth.registration, ai: true },
      engines: () => Object.keys(engines).filter((name) => name !== 'sandbox' || !sandbox.unavailable()),
    }).feature,
    createAccounts(platform).feature,
    statuses.feature,
    // Stopped in reverse: connections end first, then the outbox has nothing under way to wait for.
    messages.feature,
    groups.feature,
    questions.feature,
    profiles.feature,
    conversations.feature,
    chatPresence.feature,
    media.feature,
    contacts.feature,
    bulkActs.feature,
    schedule.feature,
    broadcasts.feature,
    ai.feature,
    automation.feature,
    autoreply.feature,
    createSearch({ ...platform, words, messages, defaultCountry: config.defaultCountry }).feature,
    knowledge.feature,
    consent.feature,
    policy.feature,
    templates.feature,
    statistics.feature,
    webhooks.feature,
    createHooks({ ...platform, messages, automations: automation.starting }).feature,
    createIntegrations({ ...platform, messages, media }).feature,
    notifications.feature,
    events.feature,
    apiKeys.feature,
    organizations.feature,
    createWorkspaces({ ...platform, removeProfiles: profiles.removeOfWorkspace }).feature,
    createRbac({ ...platform, authenticator: access.authenticator }).feature,
    audit.feature,
    gdpr.feature,
    mailFeature,
    settings.feature,
    access.feature,
    ...Object.values(engines).map(engineFeature),
    { name: 'idempotency', keeps: idempotencyKeeps, purge: platform.idempotency.purge },
    { name: 'installation', keeps: installationKeeps },
    { name: 'tracing', keeps: messageTracesKeeps, purge: () => purgeTraces(platform.db) },
  ];
  features.push(createUpkeep({ ...platform, features }).feature);
  const keeps = collectKeeps(features);
  eventDefinitions.push(...features.flatMap((feature) => [...(feature.events ?? [])]));

  const handlers = statuses.beside(messages.handlers);
  profiles.sessions.serve({
    ...handlers,
    ...groups.handlers,
    connected(live) {
      handlers.connected(live);
      conversations.connected(live);
      contacts.connected(live);
      profiles.picture.connected(live);
      groups.handlers.connected(live);
      chatPresence.connected(live);
      broadcasts.connected(live);
    },
    blocksChanged: contacts.blocksChanged,
    peopleChanged(live, people) {
      contacts.peopleChanged(live, people);
      profiles.picture.changed(live, people);
    },
    presences: chatPresence.told,
    stateTold: (live, changes, settle) =>
      inTransaction(platform.db, async (tx) => {
        // The lease is locked before people and their conversations.
        await settle(tx);
        await contacts.told(tx, live, changes);
        await conversations.told(tx, live, changes);
        await messages.told(tx, live, changes);
      }),
  });
  talk.hear('profile', (profileId) => profiles.sessions.poke(profileId));
  talk.hear('handed', (profileId) => profiles.sessions.receive(profileId));
  talk.hear('outbox', (profileId) => messages.here.outbox(profileId));
  talk.hear('broadcasts', (profileId) => void broadcasts.here(profileId));
  talk.hear('receipts', (profileId) => messages.here.receipts(profileId));
  talk.hear('deeds', (profileId) => messages.here.deeds(profileId));
  talk.hear('statuses', (profileId) => statuses.here(profileId));
  talk.hear('states', (profileId) => void conversations.here(profileId));
  talk.hear('asked', (words) => messages.here.asked(words));
  talk.hear('presence', (words) => chatPresence.heard(words));
  talk.hear('typing', (words) => messages.here.typing(words));
  talk.hear('question', questions.asked);
  talk.hear('answered', questions.answered);
  return { features, authenticator: access.authenticator, eventDefinitions, openFeed: events.openFeed };
}
