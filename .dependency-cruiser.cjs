/** Who may import whom. Each rule's comment says what to do instead. */
const server = '^server/src';
/** Tests and their kits may reach across. */
const tests = '(\\.test|/testing[\\w-]*)\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files import each other in a circle: move what both need into a third file below them.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'platform-stands-alone',
      severity: 'error',
      comment:
        'platform/ knows no feature, engine or door: pass what it needs as an argument from compose.ts.',
      from: { path: `${server}/platform/`, pathNot: tests },
      to: { path: `${server}/(?!platform/)` },
    },
    {
      name: 'doors-name-no-feature',
      severity: 'error',
      comment:
        'http/, socket/ and jobs/ are generic: hand the feature to them as a Feature record in compose.ts.',
      from: { path: `${server}/(http|socket|jobs|sandbox)/`, pathNot: tests },
      to: { path: `${server}/(features|engines)/` },
    },
    {
      name: 'features-use-each-other-by-index',
      severity: 'error',
      comment:
        "A feature's inside is its own: import what you need from its index.ts, or take it as an argument in compose.ts.",
      from: { path: `${server}/features/([^/]+)/`, pathNot: tests },
      to: { path: `${server}/features/(?!$1/)[^/]+/(?!index\\.ts$)` },
    },
    {
      name: 'features-see-engines-through-the-port',
      severity: 'error',
      comment: 'Features speak to engines through engines/port.ts; which engine it is, compose.ts decides.',
      from: { path: `${server}/features/` },
      to: { path: `${server}/engines/(?!port\\.ts)` },
    },
    {
      name: 'features-know-little-of-doors',
      severity: 'error',
      comment:
        'Of http/ a feature may use the vocabulary of routes only (schema, list, fails-with, path-id, origin, idempotency).',
      from: { path: `${server}/features/`, pathNot: tests },
      to: {
        path: `${server}/(http|socket|jobs)/`,
        pathNot: `${server}/http/(schema|list|fails-with|path-id|origin|route-config|idempotency)\\.ts$`,
      },
    },
    {
      name: 'engines-know-no-feature',
      severity: 'error',
      comment:
        'An engine reports what it hears through the Listener of engines/port.ts and imports no feature.',
      from: { path: `${server}/engines/`, pathNot: tests },
      to: { path: `${server}/(features|http|socket|jobs|sandbox)/` },
    },
    {
      name: 'one-engine-does-not-use-another',
      severity: 'error',
      comment: 'Each engine folder stands alone: what two share belongs to engines/.',
      from: { path: `${server}/engines/([^/]+)/` },
      to: { path: `${server}/engines/(?!$1/)[^/]+/` },
    },
    {
      name: 'protocol-library-only-in-its-engine',
      severity: 'error',
      comment: 'Only engines/baileys may import the protocol library: translate at the port.',
      from: { path: `${server}/`, pathNot: `${server}/engines/baileys/|${tests}` },
      to: { path: 'node_modules/(baileys|libsignal)' },
    },
    {
      name: 'sandbox-and-server-are-strangers',
      severity: 'error',
      comment: 'Server and sandbox meet on the wire only, or their agreement would prove nothing.',
      from: { path: '^(server|sandbox)/' },
      to: { path: '^(server|sandbox)/', pathNot: '^$1/' },
    },
    {
      name: 'nobody-imports-the-top',
      severity: 'error',
      comment: 'main.ts and compose.ts may import everything; nothing in src/ imports them.',
      from: {
        path: `${server}/`,
        pathNot: `${server}/(main|compose|gateway|assemble|welcome)\\.ts$|${tests}`,
      },
      to: { path: `${server}/(main|compose|gateway)\\.ts$` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|data|openapi\\.json)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
