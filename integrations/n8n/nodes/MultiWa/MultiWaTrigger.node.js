// @ts-check
const { createHmac, randomBytes, timingSafeEqual } = require('node:crypto');

/**
 * Starts a workflow when something happens. The webhook at the gateway is made when the workflow is switched on and deleted
 * when it is switched off: https://docs.n8n.io/integrations/creating-nodes/plan/node-types/#webhook-trigger-nodes.
 */

const events = [
  ['message.received', 'Message Received'],
  ['message.sent', 'Message Sent'],
  ['message.delivered', 'Message Delivered'],
  ['message.read', 'Message Read'],
  ['message.failed', 'Message Failed'],
  ['message.edited', 'Message Edited'],
  ['message.revoked', 'Message Taken Back'],
  ['message.reaction', 'Reaction'],
  ['message.poll_vote', 'Poll Vote'],
  ['message.media', 'File Fetched'],
  ['*', 'Everything'],
];

/** One request to the gateway, with the credentials of the node. */
async function call(node, method, path, body) {
  const { url } = await node.getCredentials('multiWaApi');
  return node.helpers.httpRequestWithAuthentication.call(node, 'multiWaApi', {
    ...{ method, url: `${url}${path}`, json: true, headers: { 'x-response-format': 'raw' } },
    ...(body && { body }),
  });
}

/** Whether the gateway made this request: it signs the body, byte for byte, with the secret of the webhook. */
function isSigned(secret, raw, signature) {
  const right = Buffer.from(`sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`);
  const given = Buffer.from(String(signature ?? ''));
  return given.length === right.length && timingSafeEqual(given, right);
}

class MultiWaTrigger {
  description = {
    displayName: 'MultiWA Trigger',
    name: 'multiWaTrigger',
    icon: 'file:multiwa.svg',
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ")}}',
    description: 'Starts the workflow when something happens at a MultiWA gateway',
    defaults: { name: 'MultiWA Trigger' },
    inputs: [],
    outputs: ['main'],
    credentials: [{ name: 'multiWaApi', required: true }],
    webhooks: [
      { name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook', rawBody: true },
    ],
    properties: [
      {
        ...{ displayName: 'Events', name: 'events', type: 'multiOptions', required: true },
        ...{ default: ['message.received'], options: events.map(([value, name]) => ({ name, value })) },
      },
      {
        ...{ displayName: 'Profile ID', name: 'profileId', type: 'string', default: '' },
        description: 'Empty: of every profile of the organization',
      },
    ],
  };

  webhookMethods = {
    default: {
      async checkExists() {
        const { webhookId } = this.getWorkflowStaticData('node');
        if (!webhookId) return false;
        try {
          const { url } = await call(this, 'GET', `/webhooks/${webhookId}`);
          return url === this.getNodeWebhookUrl('default');
        } catch {
          return false;
        }
      },

      async create() {
        const secret = randomBytes(32).toString('hex');
        const profileId = this.getNodeParameter('profileId');
        const { id } = await call(this, 'POST', '/webhooks', {
          ...{ url: this.getNodeWebhookUrl('default'), events: this.getNodeParameter('events'), secret },
          ...(profileId && { profileId }),
        });
        Object.assign(this.getWorkflowStaticData('node'), { webhookId: id, secret });
        return true;
      },

      async delete() {
        const data = this.getWorkflowStaticData('node');
        if (data.webhookId) {
          // One that is gone at the gateway needs no deleting.
          await call(this, 'DELETE', `/webhooks/${data.webhookId}`).catch(() => undefined);
        }
        delete data.webhookId;
        delete data.secret;
        return true;
      },
    },
  };

  /** What came; a request that the gateway did not sign starts nothing. */
  async webhook() {
    const request = this.getRequestObject();
    const { secret } = this.getWorkflowStaticData('node');
    const raw = request.rawBody ?? Buffer.from(JSON.stringify(this.getBodyData()));
    if (secret && !isSigned(secret, raw, this.getHeaderData()['x-multiwa-signature'])) {
      this.getResponseObject().status(401).end('The signature is missing or wrong.');
      return { noWebhookResponse: true };
    }
    return { workflowData: [this.helpers.returnJsonArray(this.getBodyData())] };
  }
}

module.exports = { MultiWaTrigger };
