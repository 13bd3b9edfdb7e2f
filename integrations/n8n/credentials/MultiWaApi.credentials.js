// @ts-check

/** The address of a gateway and a key for it: https://docs.n8n.io/integrations/creating-nodes/build/reference/credentials-files/. */
class MultiWaApi {
  name = 'multiWaApi';
  displayName = 'MultiWA API';
  properties = [
    {
      displayName: 'API URL',
      name: 'url',
      type: 'string',
      default: 'http://localhost:3333/api/v1',
      description: 'Address of the gateway, ending in /api/v1',
      required: true,
    },
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
    },
  ];
  authenticate = { type: 'generic', properties: { headers: { 'x-api-key': '={{$credentials.apiKey}}' } } };
  test = {
    request: { baseURL: '={{$credentials.url}}', url: '/profiles', method: 'GET', qs: { limit: 1 } },
  };
}

module.exports = { MultiWaApi };
