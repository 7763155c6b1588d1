import { formatter } from '@lingui/format-po'

/** An English message is its own id, so that only translations have catalogues. */
export default {
  locales: ['zh-CN'],
  catalogs: [
    {
      path: '<rootDir>/src/locales/{locale}/messages',
      include: ['<rootDir>/src'],
      exclude: ['**/*.test.ts', '**/*.test.tsx', '**/generated/**', '**/locales/**'],
    },
  ],
  format: formatter({
    explicitIdAsDefault: true,
    lineNumbers: false,
    printPlaceholdersInComments: false,
  }),
  compileNamespace: 'ts',
  orderBy: 'messageId',
}
