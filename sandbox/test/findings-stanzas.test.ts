import { expect, test } from 'vitest';
import { pn, strictStage } from './strict-stage.ts';
import { until } from './until.ts';

const on = strictStage('62891300000');
const [ANNA, BEN, CARL] = on.numbers;
const { findings, found, raw, enc, forDevices } = on;

test('what a client says it could not take is noted with its meaning', async () => {
  await on.anna.live.sendNode({
    tag: 'ack',
    attrs: { class: 'message', id: 'NEVERSENT', to: pn(BEN), error: '495' },
  });
  await found('ack-unknown', 'NEVERSENT');
  const [nack] = await on.kit.ledger('kind=nack&messageId=NEVERSENT');
  expect(nack).toMatchObject({ type: '495', text: 'message secret missing' });
  for (const [error, text] of [
    ['487', 'could not be parsed'],
    ['500', 'could not be decrypted'],
    ['777', 'a code that clients do not use'],
  ] as const) {
    const id = `NACK${error}`;
    await on.anna.live.sendNode({ tag: 'ack', attrs: { class: 'message', id, to: pn(BEN), error } });
    await found('ack-unknown', id);
    const [line] = await on.kit.ledger(`kind=nack&messageId=${id}`);
    expect([line?.type, line?.text]).toEqual([error, expect.stringContaining(text)]);
  }
});

test('receipts, queries and stanzas that make no sense are named, and the connection goes on', async () => {
  await on.anna.live.sendNode({ tag: 'receipt', attrs: { id: 'NEVERGOT', to: pn(BEN) } });
  await found('receipt-unknown', 'NEVERGOT');
  await on.anna.live.sendNode({ tag: 'receipt', attrs: { to: pn(BEN) } });
  await found('receipt-without-id');
  const retry = { tag: 'retry', attrs: { count: '6', id: 'X', t: '1', v: '1' } };
  await on.anna.live.sendNode({
    tag: 'receipt',
    attrs: { id: 'X', to: on.ben.id, type: 'retry' },
    content: [retry],
  });
  await found('retry-too-often', 'X');
  for (const _ of Array.from({ length: 6 })) {
    const again = { ...retry, attrs: { ...retry.attrs, count: '1', id: 'Y' } };
    await on.anna.live.sendNode({
      tag: 'receipt',
      attrs: { id: 'Y', to: on.ben.id, type: 'retry' },
      content: [again],
    });
  }
  expect((await found('retry-too-often', 'Y')).text).toContain('attempt 6');
  await on.anna.live.sendNode({ tag: 'nonsense', attrs: { id: 'N1' } });
  await found('stanza-unknown', 'N1');
  const iq = (attrs: Record<string, string>) =>
    on.anna.live.query({
      tag: 'iq',
      attrs: { to: '@s.whatsapp.net', id: on.anna.live.generateMessageTag(), ...attrs },
    });
  await expect(iq({ type: 'get' })).rejects.toMatchObject({ data: 400 });
  await expect(iq({ type: 'wish', xmlns: 'w:p' })).rejects.toMatchObject({ data: 400 });
  await found('query-malformed');
  await iq({ type: 'get', xmlns: 'no:such' });
  await found('query-unknown');
  await on.anna.live.sendNode({ tag: 'message', attrs: { to: pn(BEN), type: 'text' }, content: [enc()] });
  await found('message-without-id');
  await until('its ack', () => on.anna.acks.some((ack) => ack.id === undefined && ack.error === '400'));
  expect(await on.anna.live.onWhatsApp(BEN)).toMatchObject([{ exists: true }]);
  expect(on.kit.problems).toEqual([]);
});

test('stanzas of a kind or about a thing that does not exist are named and let pass', async () => {
  const retry = { tag: 'retry', attrs: { count: '1', id: 'NEVER2', t: '1', v: '1' } };
  const rows: [string, string, Record<string, string>, any[]?][] = [
    ['receipt-type-unknown', 'receipt', { id: 'R1', to: pn(BEN), type: 'smelt' }],
    ['receipt-unknown', 'receipt', { id: 'NEVER1', to: pn(BEN), type: 'read' }],
    ['retry-unknown', 'receipt', { id: 'NEVER2', to: on.ben.id, type: 'retry' }, [retry]],
    ['stanza-unknown', 'notification', { id: 'N2', to: '@s.whatsapp.net', type: 'devices' }],
    ['presence-unknown', 'presence', { id: 'P1', type: 'asleep' }],
    ['chatstate-unknown', 'chatstate', { id: 'C1', to: pn(BEN) }, [{ tag: 'humming', attrs: {} }]],
    ['chatstate-unknown', 'chatstate', { id: 'C2' }, [{ tag: 'composing', attrs: {} }]],
    ['answer-unknown', 'iq', { id: 'NEVERASKED', type: 'result', to: '@s.whatsapp.net' }],
    ['call-malformed', 'call', { id: 'CALL1', to: pn(BEN) }, [{ tag: 'offer', attrs: {} }]],
    ['call-malformed', 'call', { id: 'CALL2', to: '@call' }, [{ tag: 'link_create', attrs: {} }]],
  ];
  for (const [name, tag, attrs, content] of rows) {
    await on.anna.live.sendNode({ tag, attrs, ...(content && { content }) });
    await found(name, attrs.id);
  }
});

test('a message that only the phone was given may still be read after it was deleted there', async () => {
  const dora = '628912000004';
  await on.kit.post('/api/phones', { number: dora });
  const written = await on.kit.post<{ id: string }>(`/api/phones/${CARL}/messages`, {
    ...{ to: dora, type: 'text', text: 'before she linked anything' },
  });
  const { id } = written.body;
  await until('it is there', async () => (await on.kit.seen(dora)).length === 1);
  const client = await on.kit.linked(dora);
  const change = { change: 'delete-for-me', chat: CARL, id };
  expect((await on.kit.post(`/api/phones/${dora}/state`, change)).status).toBe(200);
  expect(await on.kit.seen(dora)).toEqual([]);
  await client.live.readMessages([{ remoteJid: pn(CARL), id, fromMe: false }]);
  await until('the receipt', async () =>
    (await on.kit.ledger(`messageId=${id}&number=${dora}`)).some(
      ({ tag, direction }) => tag === 'receipt' && direction === 'in',
    ),
  );
  expect(await on.kit.ledger(`kind=finding&number=${dora}`)).toEqual([]);
});

test('messages of no type or to nowhere are named; those of a restricted account are not', async () => {
  const everybody = [forDevices([pn(ANNA), pn(BEN), on.ben.id])];
  expect(await raw('TYPE1', pn(BEN), everybody, { type: 'smell' })).toBeUndefined();
  await found('message-type-unknown', 'TYPE1');
  const rows: [string, string, string][] = [
    ['NOWHERE1', pn('628912999998'), '404'],
    ['NOWHERE2', '120363999999999999@g.us', '404'],
  ];
  for (const [id, to, code] of rows) {
    expect(await raw(id, to, [enc()])).toBe(code);
    expect((await found('message-undeliverable', id)).text).toContain(`error=${code}`);
  }
  expect(await raw('NOWHERE3', '120363999999999998@newsletter', [enc()])).toBe('501');
  expect((await found('not-carried', 'NOWHERE3')).text).toContain('error=501');
  const stranger = '628912000007';
  await on.kit.post('/api/phones', { number: stranger });
  const restrict = (reachoutTimelock: object | null) =>
    on.kit.ask('PUT', `/api/phones/${ANNA}/limits`, { reachoutTimelock });
  expect((await restrict({ endsAt: Math.ceil(Date.now() / 1000) + 3600 })).status).toBe(200);
  expect(await raw('RESTRICTED', pn(stranger), [forDevices([pn(ANNA), pn(stranger)])])).toBe('463');
  await restrict(null);
  expect((await findings()).filter((each) => each.messageId === 'RESTRICTED')).toEqual([]);
});

test('questions that make no sense are named with their xmlns, whatever they are answered', async () => {
  const ask = (id: string, type: string, xmlns: string, content: any[], to = '@s.whatsapp.net') =>
    on.anna.live.query({ tag: 'iq', attrs: { id, type, xmlns, to }, content });
  const category = { tag: 'category', attrs: { name: 'mood', value: 'all' } };
  const refused: [string, string, string, any[]][] = [
    ['Q1', 'set', 'encrypt', [{ tag: 'rotate', attrs: {} }]],
    ['Q2', 'get', 'usync', [{ tag: 'query', attrs: {} }]],
    ['Q3', 'set', 'privacy', [{ tag: 'privacy', attrs: {}, content: [category] }]],
    ['Q4', 'set', 'encrypt', [{ tag: 'skey', attrs: {} }]],
    // A code to link a device that is linked.
    [
      'Q5',
      'set',
      'md',
      [{ tag: 'link_code_companion_reg', attrs: { stage: 'companion_hello', jid: pn(ANNA) } }],
    ],
  ];
  for (const [id, type, xmlns, content] of refused) {
    await expect(ask(id, type, xmlns, content)).rejects.toMatchObject({ data: 400 });
    expect((await found('query-refused', id)).text).toContain(`xmlns=${xmlns}`);
  }
  for (const [id, type, xmlns, content] of [
    ['E1', 'get', 'encrypt', [{ tag: 'weather', attrs: {} }]],
    ['E2', 'set', 'encrypt', []],
    ['E3', 'set', 'passive', [{ tag: 'zzz', attrs: {} }]],
    ['E4', 'get', 'w:m', [{ tag: 'zzz', attrs: {} }]],
  ] as const) {
    await ask(id, type, xmlns, [...content]);
    await found('query-unknown', id);
  }
  await expect(on.anna.live.profilePictureUrl(pn(BEN))).rejects.toMatchObject({ data: 404 });
  await ask('TOKENS', 'set', 'privacy', [{ tag: 'tokens', attrs: {} }]).then(({ content }) =>
    expect(content).toMatchObject([{ tag: 'tokens' }]),
  );
  const texts = (await findings()).map(({ text }) => text);
  expect(texts.filter((text) => /picture|tokens/.test(text))).toEqual([]);
});
