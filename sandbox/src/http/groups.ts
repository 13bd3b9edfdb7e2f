import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { type Group, groupJid } from '../groups/group.ts';
import type { Asked, Done, Result } from '../groups/membership.ts';
import type { Network } from '../network.ts';
import * as groups from './group-schemas.ts';
import * as schemas from './schemas.ts';
import { groupIn, numberIn, phoneIn } from './who.ts';

const LINK = 'https://chat.whatsapp.com/';

function describe(group: Group) {
  const { subject, description, mode, creator, createdAt, invite } = group;
  const { announcement, locked, ephemeral, everybodyAdds, approval } = group;
  return {
    ...{
      jid: groupJid(group),
      subject,
      description: description?.text ?? null,
      addressingMode: mode,
      creator,
    },
    ...{ createdAt, announcement, locked, ephemeral, everybodyAdds, approval, invite },
    members: [...group.members.values()].map(({ account: { number, name }, role, label }) => ({
      ...{ number, name, role },
      ...(label.text !== '' && { label: label.text }),
    })),
    requests: [...group.requests.values()].map(({ account, method, by, at }) => ({
      ...{ number: account.number, method, by, at },
    })),
  };
}

/** Commits nothing: the change is made already. Tells the members, and gives what it came to. */
function told<T>(done: Done<T>): T {
  done.tell();
  return done.value;
}

const results = (list: Result[]) =>
  list.map(({ jid, account, error }) => ({ number: account?.number ?? jid, status: error ?? 200 }));

/** Groups as people with phones make and change them. */
export function groupRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Groups'];
    const params = groups.GroupParam;
    const answers = { 200: groups.Group, ...schemas.refusals };
    const people = (numbers: string[]): Asked[] =>
      numbers.map((number) => ({ jid: number, account: phoneIn(network(), number) }));

    app.post(
      '/api/groups',
      {
        schema: {
          tags,
          summary: 'A person makes a group; each of the others has its own result.',
          body: groups.NewGroup,
          response: { 200: groups.MadeGroup, ...schemas.refusals },
        },
      },
      async ({ body }) => {
        const { membership } = network().groups;
        const mode = body.addressingMode ?? network().groupMode;
        const actor = phoneIn(network(), body.by);
        const made = told(membership.create(actor, body.subject, people(body.members), mode));
        return { ...describe(made.group), results: results(made.results) };
      },
    );
    app.get(
      '/api/groups',
      {
        schema: {
          tags,
          summary: 'Every group, or those a person is in; oldest first.',
          querystring: groups.GroupsQuery,
          response: { 200: Type.Array(groups.Group), ...schemas.refusals },
        },
      },
      async ({ query }) => {
        const { all } = network().groups;
        const found = query.number === undefined ? all.all() : all.of(numberIn(query.number));
        return found.map(describe);
      },
    );
    app.get(
      '/api/groups/:group',
      { schema: { tags, summary: 'One group.', params, response: answers } },
      async ({ params: { group } }) => describe(groupIn(network(), group)),
    );
    app.put(
      '/api/groups/:group',
      {
        schema: {
          tags,
          summary: 'Somebody changes what a group is called, says or allows: all that is asked, or nothing.',
          params,
          body: groups.GroupChange,
          response: answers,
        },
      },
      async ({ params: { group: jid }, body: { by, ...change } }) => {
        const group = groupIn(network(), jid);
        told(network().groups.settings.change(phoneIn(network(), by), group, change));
        return describe(group);
      },
    );
    app.post(
      '/api/groups/:group/participants',
      {
        schema: {
          tags,
          summary: 'Add, remove, promote or demote people; each has its own result.',
          params,
          body: groups.ParticipantsChange,
          response: { 200: groups.Results, ...schemas.refusals },
        },
      },
      async ({ params: { group }, body }) => {
        const actor = phoneIn(network(), body.by);
        const { membership } = network().groups;
        const { action, numbers } = body;
        return results(told(membership.change(actor, groupIn(network(), group), action, people(numbers))));
      },
    );
    app.post(
      '/api/groups/:group/leave',
      { schema: { tags, summary: 'A member leaves.', params, body: groups.By, response: answers } },
      async ({ params: { group: jid }, body }) => {
        const group = groupIn(network(), jid);
        told(network().groups.membership.leave(phoneIn(network(), body.by), group));
        return describe(group);
      },
    );
    app.post(
      '/api/groups/join',
      {
        schema: {
          tags,
          summary: 'Somebody follows an invite link, or accepts a personal invitation.',
          body: groups.Join,
          response: { 200: groups.Joined, ...schemas.refusals },
        },
      },
      async ({ body }) => {
        const { joining } = network().groups;
        const account = phoneIn(network(), body.number);
        if (body.group !== undefined) {
          const invitedTo = groupIn(network(), body.group);
          told(joining.accept(account, invitedTo, body.code));
          return { jid: groupJid(invitedTo), joined: true };
        }
        const { group, joined } = told(joining.byLink(account, body.code.replace(LINK, '')));
        return { jid: groupJid(group), joined };
      },
    );
    app.post(
      '/api/groups/:group/requests',
      {
        schema: {
          tags,
          summary: 'An admin lets people in, or turns them away.',
          params,
          body: groups.Decision,
          response: { 200: groups.Results, ...schemas.refusals },
        },
      },
      async ({ params: { group }, body }) => {
        const actor = phoneIn(network(), body.by);
        const { joining } = network().groups;
        const { action, numbers } = body;
        return results(told(joining.decide(actor, groupIn(network(), group), action, people(numbers))));
      },
    );
    app.post(
      '/api/groups/:group/invite',
      {
        schema: {
          tags,
          summary: 'An admin makes a new invite link; the old one leads nowhere.',
          params,
          body: groups.By,
          response: { 200: groups.Invite, ...schemas.refusals },
        },
      },
      async ({ params: { group }, body }) => {
        const { joining } = network().groups;
        const code = told(joining.renewCode(phoneIn(network(), body.by), groupIn(network(), group)));
        return { code, link: `${LINK}${code}` };
      },
    );
  };
}
