import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { type Account, type Device, lidJid, pnJid } from '../accounts/account.ts';
import type { Network } from '../network.ts';
import { readQrPng } from '../qr/read.ts';
import { RequestFailure } from './failures.ts';
import { presenceOf } from './people.ts';
import * as schemas from './schemas.ts';
import { numberIn, paired, phoneIn } from './who.ts';

const PHONES_MAX = 1000;

function describeDevice(network: Network, account: Account, device: Device) {
  const { number } = account;
  const connection = network.links.get(number, device.device);
  const state = connection
    ? connection.active
      ? ('active' as const)
      : ('connecting' as const)
    : ('offline' as const);
  return {
    device: device.device,
    jid: pnJid(account, device.device),
    lid: lidJid(account, device.device),
    platform: device.platform,
    state,
    pending: network.mailbox.count(number, device.device),
    preKeys: network.preKeys.count(number, device.device),
    pairedAt: device.pairedAt,
  };
}

/** A person with a phone, as the API shows it. */
export function describePhone(network: Network, account: Account) {
  const { number, lid, name, online } = account;
  const devices = [...account.devices.values()].map((device) => describeDevice(network, account, device));
  return {
    number,
    lid,
    name,
    online,
    devices,
    chats: network.phones.inbox.chats(number),
    pending: network.mailbox.count(number, 0),
    ...presenceOf(network, account),
    typing: network.people.presence.typingTo(account),
  };
}

/** The text of a scan: as it is, or read from the picture of a PNG data URL. */
function qrText(qr: string): string {
  const picture = /^data:image\/png;base64,(.+)$/s.exec(qr)?.[1];
  if (!qr.startsWith('data:')) return qr;
  try {
    return readQrPng(Buffer.from(picture ?? '', 'base64'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RequestFailure(
      400,
      'QR_INVALID',
      `The picture can't be read (${why}); give the raw QR text instead.`,
    );
  }
}

/** People with their phones: making them, linking companions, switching them on and off. */
export function phoneRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Phones'];
    app.post(
      '/api/phones',
      {
        schema: {
          tags,
          summary: 'Give a person a phone, or rename one.',
          body: schemas.NewPhone,
          response: { 200: schemas.Phone, ...schemas.refusals },
        },
      },
      async ({ body }) => {
        const account = network().directory.ensure(numberIn(body.number), body.name);
        if (body.name !== undefined) await network().phones.rename(account, body.name);
        return describePhone(network(), account);
      },
    );
    app.get(
      '/api/phones',
      {
        schema: {
          tags,
          summary: 'Everybody on this network, oldest first.',
          querystring: schemas.PhonesQuery,
          response: { 200: Type.Array(schemas.Phone), ...schemas.refusals },
        },
      },
      async ({ query }) => {
        const everybody = network().directory.all();
        const after = query.after === undefined ? undefined : numberIn(query.after);
        const start = after === undefined ? 0 : everybody.findIndex((each) => each.number === after) + 1;
        if (after !== undefined && start === 0)
          throw new RequestFailure(404, 'PHONE_NOT_FOUND', `Nobody has the number ${after}.`);
        return everybody
          .slice(start, start + (query.limit ?? PHONES_MAX))
          .map((account) => describePhone(network(), account));
      },
    );
    app.get(
      '/api/phones/:number',
      {
        schema: {
          tags,
          summary: 'One phone: devices, chats, counters.',
          params: schemas.NumberParam,
          response: { 200: schemas.Phone, ...schemas.refusals },
        },
      },
      async ({ params }) => describePhone(network(), phoneIn(network(), params.number)),
    );
    app.put(
      '/api/phones/:number',
      {
        schema: {
          tags,
          summary: 'Switch a phone on or off, or rename it.',
          params: schemas.NumberParam,
          body: schemas.PhoneChange,
          response: { 200: schemas.Phone, ...schemas.refusals },
        },
      },
      async ({ params, body }) => {
        const account = phoneIn(network(), params.number);
        if (body.name !== undefined) await network().phones.rename(account, body.name);
        if (body.online !== undefined) await network().phones.setOnline(account, body.online);
        return describePhone(network(), account);
      },
    );
    app.post(
      '/api/phones/:number/scan',
      {
        schema: {
          tags,
          summary: 'Scan a QR; answers when the companion is linked.',
          params: schemas.NumberParam,
          body: schemas.Scan,
          response: { 200: schemas.Paired, ...schemas.refusals },
        },
      },
      async ({ params, body }) => {
        const account = phoneIn(network(), params.number);
        return paired(account, await network().qr.scan(account, qrText(body.qr)));
      },
    );
    app.post(
      '/api/phones/:number/enter-code',
      {
        schema: {
          tags,
          summary: 'Type a pairing code; answers when the companion is linked.',
          params: schemas.NumberParam,
          body: schemas.Code,
          response: { 200: schemas.Paired, ...schemas.refusals },
        },
      },
      async ({ params, body }) => {
        const account = phoneIn(network(), params.number);
        return paired(account, await network().code.enter(account, body.code));
      },
    );
    app.delete(
      '/api/phones/:number/devices/:device',
      {
        schema: {
          tags,
          summary: 'Unlink a companion from the phone.',
          params: schemas.DeviceParam,
          response: { 200: schemas.Empty, ...schemas.refusals },
        },
      },
      async ({ params }) => {
        if (!network().companions.unlink(phoneIn(network(), params.number), params.device, 'phone')) {
          throw new RequestFailure(404, 'DEVICE_NOT_FOUND', `This phone has no device ${params.device}.`);
        }
        return {};
      },
    );
  };
}
