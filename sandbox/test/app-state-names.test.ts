import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestSandbox } from './kit.ts';

const [ANNA, CARLA] = ['628712000001', '628712000003'];
let kit: TestSandbox;

interface State {
  chats: { chat: string; markedUnread: boolean }[];
  labels: { id: string }[];
  contacts: unknown[];
}
const state = async (): Promise<State> => (await kit.get<State>(`/api/phones/${ANNA}/state`)).body;

beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

test('a chat named by LID and by number is one chat on the phone', async () => {
  const desk = await kit.linked(ANNA);
  const { lid } = (await kit.get<{ lid: string }>(`/api/phones/${CARLA}`)).body;
  const [byLid, byNumber] = [`${lid}@lid`, `${CARLA}@s.whatsapp.net`];
  const lastMessages = [{ key: { remoteJid: byLid, id: 'X', fromMe: false }, messageTimestamp: 1 }];
  await desk.live.chatModify({ mute: Date.now() + 3_600_000 }, byNumber);
  await desk.live.chatModify({ pin: true }, byLid);
  await desk.live.chatModify({ markRead: false, lastMessages }, byLid);
  await desk.live.addLabel(byLid, { id: '9', name: 'Both', color: 1 });
  for (const jid of [byLid, byNumber]) {
    await desk.live.addChatLabel(jid, '9');
    await desk.live.addOrEditContact(jid, { fullName: `Carla of ${jid}`, saveOnPrimaryAddressbook: true });
  }
  const { chats, labels, contacts } = await state();
  expect(chats.filter(({ chat }) => chat === CARLA)).toMatchObject([
    { mutedUntil: expect.any(Number), pinnedAt: expect.any(Number), markedUnread: true },
  ]);
  expect(labels.find(({ id }) => id === '9')).toMatchObject({ chats: [CARLA] });
  expect(contacts.filter((each) => JSON.stringify(each).includes('Carla of'))).toEqual([
    { contact: CARLA, name: `Carla of ${byNumber}` },
  ]);
  await kit.post(`/api/phones/${ANNA}/read`, { chat: CARLA });
  expect((await state()).chats.find(({ chat }) => chat === CARLA)).toMatchObject({ markedUnread: false });
});
