const subgraph = '(user|order|inventory|insights|cny)'

/** Import rules of the repository. */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'The domain decides; it may not reach I/O, not even transitively.',
      severity: 'error',
      from: { path: `^subgraphs/${subgraph}/src/domain/`, pathNot: '\\.test\\.ts$' },
      to: {
        reachable: true,
        path: '(^|/)node_modules/(@aws-sdk|ioredis|graphql|@apollo|pino|express|undici)/',
      },
    },
    {
      name: 'no-imports-between-subgraphs',
      comment: 'A subgraph never imports another; the supergraph joins them.',
      severity: 'error',
      from: { path: `^subgraphs/${subgraph}/` },
      to: { path: `^subgraphs/${subgraph}/`, pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'kit-knows-no-domain',
      comment: 'The kit knows units, not business.',
      severity: 'error',
      from: { path: '^subgraphs/kit/' },
      to: { path: '^(subgraphs/(?!kit/)|router|web|ops|tests)' },
    },
    {
      name: 'libraries-know-no-service',
      comment: 'Ledger, outbox and quotes are libraries below the services.',
      severity: 'error',
      from: { path: '^subgraphs/(ledger|outbox|quotes)/' },
      to: { path: `^(subgraphs/${subgraph}/|router|web|ops|tests)` },
    },
    {
      name: 'dynamo-stays-in-the-store',
      comment: 'Only store folders, the ledger, outbox, quotes and the kit talk to DynamoDB.',
      severity: 'error',
      from: { path: `^(subgraphs/${subgraph}/src/(resolvers|commands|domain)|router|web)/` },
      to: { path: '(^|/)node_modules/@aws-sdk/' },
    },
    {
      name: 'router-hosts-in-one-file',
      comment: 'Only the composition root reaches into a subgraph.',
      severity: 'error',
      from: { path: '^router/', pathNot: '^router/src/subgraphs/subgraphs\\.ts$' },
      to: {
        path: `^subgraphs/(${subgraph.slice(1, -1)}|ledger|outbox|quotes)/`,
        // How logos are drawn, ticks travel and percentages are rounded has one place.
        pathNot: '^subgraphs/quotes/src/(logo|packing|percent)\\.ts$',
      },
    },
    {
      name: 'router-folders-do-not-import-entry',
      comment: 'main, start and config put the folders together; no folder imports them.',
      severity: 'error',
      from: { path: '^router/src/[^/]+/', pathNot: '\\.test\\.ts$' },
      to: { path: '^router/src/[^/]+\\.ts$' },
    },
    {
      name: 'web-sees-money-and-contract',
      comment:
        'The dashboard knows money, what trades move, how assets are drawn and called, the rules of personal data and of searches, the languages, the names of demo accounts, error codes, limits and persisted operations, nothing else of ours.',
      severity: 'error',
      from: { path: '^web/' },
      to: {
        path: '^(subgraphs/(?!kit/src/(demo|errors|language|money|personal-data|search)\\.ts|quotes/src/(asset-names|mark|trade-amounts)\\.ts)|router|ops|tests|schema/(?!codes\\.ts|limits\\.ts|persisted/))',
      },
    },
    {
      name: 'no-imports-of-tests-or-ops',
      severity: 'error',
      from: { path: '^(schema|subgraphs|router|web)/' },
      to: { path: '^(tests|ops)/' },
    },
    {
      name: 'production-uses-no-test-helpers',
      severity: 'error',
      from: {
        path: '^(schema|subgraphs|router|web|ops)/',
        pathNot: ['\\.test\\.tsx?$', '/testing/'],
      },
      to: { path: '/testing/' },
    },
    {
      name: 'ops-starts-no-dashboard-code',
      comment: 'Operations serve the built dashboard as files.',
      severity: 'error',
      from: { path: '^ops/' },
      to: { path: '^web/' },
    },
    {
      name: 'schema-knows-no-package',
      comment: 'The contract has npm packages below it only.',
      severity: 'error',
      from: { path: '^schema/' },
      to: { path: '^(subgraphs|router|web)/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^vite/client$|generated/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules/(?!@)|generated/|dist/|\\.data/|\\.nx/)' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
