import { failsWith } from '../../http/fails-with.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './statistics.schema.ts';
import type { StatisticsService } from './statistics.service.ts';

const tags = ['Statistics'];
const kept =
  'What is deleted later goes on counting; what goes with its profile does not. Days and hours are those of the ' +
  "organization's clocks (`settings.timeZone`) when the message came or went.";

/** `/statistics`: what was counted as it happened. */
export function statisticsRoutes(app: App, service: StatisticsService): void {
  const refusals = failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND');
  app.get(
    '/statistics/dashboard',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        summary: 'Count profiles, messages, contacts and broadcasts of the organization.',
        description:
          'Of what the caller may see; the rest is 0. Today begins by the clocks of the organization.',
        response: { 200: wire.Dashboard },
      },
    },
    async ({ actor }) => service.dashboard(actor),
  );

  app.get(
    '/statistics/messages',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'Count messages by direction, kind, status and hour of the day.',
        description: kept,
        querystring: wire.RangeQuery,
        response: { 200: wire.MessageStatistics, ...refusals },
      },
    },
    async ({ actor, query }) => service.messages(actor, query),
  );

  app.get(
    '/statistics/messages/trend',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'Count messages hour by hour, day by day or week by week.',
        description: `Periods without a message have 0; hours that clocks skip are left out. ${kept}`,
        querystring: wire.TrendQuery,
        response: { 200: wire.MessageTrend, ...refusals },
      },
    },
    async ({ actor, query }) => service.trend(actor, query),
  );

  app.get(
    '/statistics/messages/profiles',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'Count the messages of several profiles day by day, for a list of them.',
        description: `Each profile has every day. ${kept} This goes beyond the specification.`,
        querystring: wire.ProfilesQuery,
        response: { 200: wire.ProfileTrends, ...failsWith('VALIDATION_ERROR') },
      },
    },
    async ({ actor, query }) => service.ofProfiles(actor, query),
  );

  app.get(
    '/statistics/contacts',
    {
      config: { access: 'contact:read' },
      schema: {
        tags,
        summary: 'Count contacts, their tags, and how they have grown.',
        querystring: wire.ProfileQuery,
        response: { 200: wire.ContactStatistics, ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => service.contacts(actor, query),
  );

  app.get(
    '/statistics/broadcasts',
    {
      config: { access: 'broadcast:read' },
      schema: {
        tags,
        summary: 'Count broadcasts and what became of their messages.',
        querystring: wire.ProfileQuery,
        response: { 200: wire.BroadcastStatistics, ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => service.broadcasts(actor, query),
  );

  app.get(
    '/statistics/automations',
    {
      config: { access: 'automation:read' },
      schema: {
        tags,
        summary: 'Count automations and how often they acted.',
        querystring: wire.ProfileQuery,
        response: { 200: wire.AutomationStatistics, ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => service.automations(actor, query),
  );

  app.get(
    '/statistics/response-time',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'How long people wait for an answer in direct chats.',
        description:
          'From the first message that was not answered yet to the first that went out; campaigns and scheduled messages are ' +
          'no answers, nor is what comes after a week. It counts on the day and in the hour of the question.',
        querystring: wire.ResponseQuery,
        response: { 200: wire.ResponseStatistics, ...refusals },
      },
    },
    async ({ actor, query }) => service.responses(actor, query),
  );
}
