/** Who may import whom. Each rule's comment says what to do instead. */
const server = '^server/src';
const web = '^web/src';
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
      name: 'the-client-stands-alone',
      severity: 'error',
      comment:
        'sdk/ is made from server/openapi.json and is used without the rest: it may import neither side.',
      from: { path: '^sdk/src' },
      to: { path: '^(server|sandbox)/' },
    },
    {
      name: 'the-dashboard-knows-the-client-only',
      severity: 'error',
      comment:
        'web/ talks to the server through sdk/ like any other program: what it lacks belongs into the API.',
      from: { path: `${web}/` },
      to: { path: '^(server|sandbox)/|^sdk/src/(?!index\\.ts$)' },
    },
    {
      name: 'pages-use-each-other-by-index',
      severity: 'error',
      comment: "A feature's inside is its own: export what another page needs from its index.ts.",
      from: { path: `${web}/features/([^/]+)/`, pathNot: tests },
      to: { path: `${web}/features/(?!$1/)[^/]+/(?!index\\.tsx?$)` },
    },
    {
      name: 'features-know-no-frame',
      severity: 'error',
      comment:
        'main, routes and shell stand above the features: declare commands and words, and let the shell read them.',
      from: { path: `${web}/features/` },
      to: { path: `${web}/(main|routes|shell/)` },
    },
    {
      name: 'parts-know-words-only',
      severity: 'error',
      comment: 'ui/ draws what it is given: pass data, acts and permissions as properties.',
      from: { path: `${web}/ui/` },
      to: { path: `${web}/(?!ui/|words/)` },
    },
    {
      name: 'foundations-know-no-feature',
      severity: 'error',
      comment: 'words/, session/ and live/ are below the features, which register with them.',
      from: { path: `${web}/(words|session|live)/` },
      to: { path: `${web}/(features|ui|shell|routes|main)` },
    },
    {
      name: 'the-frame-knows-no-feature',
      severity: 'error',
      comment: 'Only routes.ts names pages; the shell is given what it shows.',
      from: { path: `${web}/shell/` },
      to: { path: `${web}/(features/|routes|main)` },
    },
    {
      name: 'the-signal-layer-stands-alone',
      severity: 'error',
      comment: 'signal/ is useful without the rest: of what is installed it imports @noble/curves only.',
      from: { path: '^signal/(src|stand-in)' },
      to: { path: '^(server|sandbox|sdk)/|node_modules/(?!@noble/curves|@types/node)' },
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
    exclude: { path: '(^|/)(dist|data|generated|openapi\\.json)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
