// @ts-check
const { operations } = require('./operations.js');

/** A node in declarative style: https://docs.n8n.io/integrations/creating-nodes/build/declarative-style-node/. */

const defaults = { string: '', number: 0, boolean: false, json: '[]' };

/** A field of the node that is sent where the request has it. */
function field(of, { resource, value, method }, isNeeded) {
  const { example: _, value: expression, isEmptyGiven, ...shown } = of;
  const isList = of.typeOptions?.multipleValues === true;
  return {
    ...{ ...shown, default: isList ? [] : defaults[of.type] },
    ...(isNeeded && {
      required: !isEmptyGiven,
      displayOptions: { show: { resource: [resource], operation: [value] } },
    }),
    routing: {
      send: {
        ...{ type: method === 'GET' ? 'query' : 'body', property: of.name },
        ...(expression && { value: expression }),
      },
    },
  };
}

/** All that belongs to one operation: what it needs, and a collection of what may be left out. */
function fieldsOf(operation) {
  const { resource, value, needs, may } = operation;
  const more = {
    ...{ displayName: 'Additional Fields', name: 'additionalFields', type: 'collection' },
    ...{ placeholder: 'Add Field', default: {} },
    displayOptions: { show: { resource: [resource], operation: [value] } },
    options: may.map((of) => field(of, operation, false)),
  };
  return [...needs.map((of) => field(of, operation, true)), ...(may.length > 0 ? [more] : [])];
}

const resources = [...new Set(operations.map(({ resource }) => resource))];
const title = (word) => word[0].toUpperCase() + word.slice(1);

const operationField = (resource) => ({
  ...{ displayName: 'Operation', name: 'operation', type: 'options', noDataExpression: true },
  displayOptions: { show: { resource: [resource] } },
  default: operations.find((operation) => operation.resource === resource)?.value,
  options: operations
    .filter((operation) => operation.resource === resource)
    .map(({ name, value, action, method, path }) => ({
      ...{ name, value, action },
      routing: { request: { method, url: path } },
    })),
});

class MultiWa {
  description = {
    displayName: 'MultiWA',
    name: 'multiWa',
    icon: 'file:multiwa.svg',
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'Send WhatsApp messages through a MultiWA gateway',
    defaults: { name: 'MultiWA' },
    inputs: ['main'],
    outputs: ['main'],
    credentials: [{ name: 'multiWaApi', required: true }],
    requestDefaults: {
      baseURL: '={{$credentials.url}}',
      // Answers come without their envelope, as workflows read them.
      headers: { accept: 'application/json', 'x-response-format': 'raw' },
    },
    properties: [
      {
        ...{ displayName: 'Resource', name: 'resource', type: 'options', noDataExpression: true },
        ...{ default: 'message', options: resources.map((value) => ({ name: title(value), value })) },
      },
      ...resources.map(operationField),
      ...operations.flatMap(fieldsOf),
    ],
  };
}

module.exports = { MultiWa };
