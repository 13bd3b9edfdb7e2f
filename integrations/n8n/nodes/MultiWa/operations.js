// @ts-check

/**
 * What the node can do, a row each: the request, the fields that it needs, and those that may be left out. A field is only
 * sent when somebody filled it in.
 */

const profileId = {
  displayName: 'Profile ID',
  name: 'profileId',
  type: 'string',
  description: 'The profile that sends',
};
const to = {
  displayName: 'To',
  name: 'to',
  type: 'string',
  placeholder: '628123456789',
  description: 'A phone number with country code, or the ID of a chat',
};
const messageId = {
  displayName: 'Message ID',
  name: 'messageId',
  type: 'string',
  description: 'Ours or the one of WhatsApp',
};
const text = { displayName: 'Text', name: 'text', type: 'string', typeOptions: { rows: 4 } };
const url = { displayName: 'File URL', name: 'url', type: 'string', description: 'Fetched by the gateway' };
const caption = { displayName: 'Caption', name: 'caption', type: 'string' };
const name = { displayName: 'Name', name: 'name', type: 'string' };
const quoted = {
  displayName: 'Quoted Message ID',
  name: 'quotedMessageId',
  type: 'string',
  description: 'The message that is answered',
};
const reference = {
  displayName: 'Client Reference',
  name: 'clientReference',
  type: 'string',
  description: 'What you call it: it comes back in events',
};
const number = (displayName, field) => ({
  displayName,
  name: field,
  type: 'number',
  typeOptions: { numberPrecision: 8 },
});
const around = [quoted, reference];
const whereTo = [profileId, to];
const list = (displayName, field, description) => ({
  ...{ displayName, name: field, type: 'string', typeOptions: { multipleValues: true }, description },
});
const contacts = {
  displayName: 'Contacts',
  name: 'contacts',
  type: 'json',
  description: 'A list of objects with name and phone',
  value: '={{ typeof $value === "string" ? JSON.parse($value) : $value }}',
  example: [{ name: 'Sari', phone: '+628123456789' }],
};

const send = (value, label, path, needs, may = []) => ({
  ...{ resource: 'message', value, name: `Send ${label}`, action: `Send ${label.toLowerCase()}` },
  ...{ method: 'POST', path, needs: [...whereTo, ...needs], may: [...may, ...around] },
});

const operations = [
  send('sendText', 'a Text', '/messages/text', [text]),
  send('sendImage', 'an Image', '/messages/image', [url], [caption]),
  send('sendVideo', 'a Video', '/messages/video', [url], [caption]),
  send(
    'sendAudio',
    'a Sound',
    '/messages/audio',
    [url],
    [{ displayName: 'Voice Note', name: 'ptt', type: 'boolean' }],
  ),
  send(
    'sendDocument',
    'a Document',
    '/messages/document',
    [url],
    [{ displayName: 'File Name', name: 'filename', type: 'string' }, caption],
  ),
  send(
    'sendLocation',
    'a Location',
    '/messages/location',
    [number('Latitude', 'latitude'), number('Longitude', 'longitude')],
    [name, { displayName: 'Address', name: 'address', type: 'string' }],
  ),
  send('sendContact', 'Contacts', '/messages/contact', [contacts]),
  send(
    'sendPoll',
    'a Poll',
    '/messages/poll',
    [
      { displayName: 'Question', name: 'question', type: 'string' },
      list('Options', 'options', 'Two to twelve'),
    ],
    [{ displayName: 'Several Answers', name: 'allowMultipleAnswers', type: 'boolean' }],
  ),
  {
    ...{ resource: 'message', value: 'reply', name: 'Reply', action: 'Reply to a message' },
    ...{ method: 'POST', path: '/messages/reply', needs: [profileId, quoted, text], may: [reference] },
  },
  {
    ...{ resource: 'message', value: 'react', name: 'React', action: 'React to a message' },
    ...{ method: 'POST', path: '/messages/reaction' },
    needs: [
      profileId,
      messageId,
      {
        displayName: 'Emoji',
        name: 'emoji',
        type: 'string',
        description: 'Empty: takes the reaction back',
        isEmptyGiven: true,
      },
    ],
    may: [reference],
  },
  {
    ...{
      resource: 'message',
      value: 'takeBack',
      name: 'Delete for Everyone',
      action: 'Delete a message for everyone',
    },
    ...{
      method: 'POST',
      path: '/messages/delete-for-everyone',
      needs: [profileId, messageId],
      may: [reference],
    },
  },
  {
    ...{ resource: 'contact', value: 'create', name: 'Create', action: 'Create a contact' },
    ...{ method: 'POST', path: '/contacts' },
    needs: [profileId, { displayName: 'Phone', name: 'phone', type: 'string' }],
    may: [name, list('Tags', 'tags', 'Words to find it by')],
  },
  {
    ...{ resource: 'contact', value: 'getMany', name: 'Get Many', action: 'Get many contacts' },
    ...{ method: 'GET', path: '/contacts', needs: [{ ...profileId, description: 'Whose contacts' }] },
    may: [
      { displayName: 'Search', name: 'search', type: 'string' },
      { displayName: 'Limit', name: 'limit', type: 'number', typeOptions: { minValue: 1, maxValue: 200 } },
    ],
  },
  {
    ...{ resource: 'profile', value: 'getMany', name: 'Get Many', action: 'Get many profiles' },
    ...{ method: 'GET', path: '/profiles', needs: [], may: [] },
  },
];

module.exports = { operations };
