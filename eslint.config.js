import js from '@eslint/js'
import node from 'eslint-plugin-n'
import reactHooks from 'eslint-plugin-react-hooks'
import graphql from '@graphql-eslint/eslint-plugin'
import typescript from 'typescript-eslint'

const noFloats = ['Number', 'parseFloat'].map((name) => ({
  selector: `CallExpression[callee.name='${name}']`,
  message: 'Money, quantities and prices are bigints: use kit/money.',
}))

const noClockOrChance = [
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Chance comes from kit/ids or from a seed.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time comes from kit/clock.',
  },
]

const noFalsyZero = {
  selector:
    "LogicalExpression[operator='&&'] > CallExpression.right[callee.name=/^format(?:Price|Usd|Quantity)$/]",
  message: '0n is falsy, and an amount too: compare with undefined.',
}

/** Where a literal is no text: a message itself, an error for developers, a type, a comparison, a selector. */
const noText = [
  'CallExpression[callee.object.name="i18n"] Literal',
  'JSXAttribute[name.name=/^(?:id|className|style|d|rel|autoComplete|gap|columns)$/] Literal',
  'Property[key.name="className"] > Literal',
  'CallExpression[callee.property.name=/^(?:closest|querySelector|querySelectorAll|startsWith|replace)$/] > Literal',
  'NewExpression > Literal',
  'BinaryExpression > Literal',
  'TSLiteralType > Literal',
  'ImportDeclaration > Literal',
]
  .map((place) => `:not(${place})`)
  .join('')

/** Names of keys, products and headers, which are the same in every language. */
const names = '(?!(?:Ctrl|Gemini|English|Bearer|Inter|System)\\b)'
const textProps =
  'aria-label|aria-description|alt|title|placeholder|label|description|summary|hint|note|header|legend'

const textIsMessage = [
  `JSXText[value=/^\\s*${names}.*[A-Za-z]{2}/s]`,
  `JSXAttribute[name.name=/^(?:${textProps})$/] > Literal[value=/[A-Za-z]{2}/]`,
  `JSXAttribute[name.name=/^(?:${textProps})$/] TemplateElement[value.raw=/[A-Za-z]{3}/]`,
  // A capital and small letters, or several words: the look of text.
  `Literal[value=/^${names}[A-Z][a-z’]+(?:[ ,:;.!?…].*)?$/s]${noText}`,
  `Literal[value=/^${names}.*[A-Za-z’,;:]{2} [a-z’]{2}/s]${noText}`,
  `TemplateElement[value.raw=/^${names}.*(?:[A-Za-z’]{2} [a-z’]|[a-z’]{3} $)|^ [a-z’]{3}/s]:not(JSXAttribute[name.name=/^(?:className|style|d)$/] TemplateElement):not(NewExpression TemplateElement)`,
].map((selector) => ({ selector, message: 'Text for people is a message: i18n.t(…).' }))

export default typescript.config(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/generated/',
      '**/locales/',
      '.data/',
      '.nx/',
      '**/*.cjs',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [typescript.configs.strictTypeChecked],
    plugins: { n: node },
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './web/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      complexity: ['error', 10],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      'no-restricted-syntax': ['error', ...noClockOrChance],
      'n/no-process-env': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Overflows the stack on graphql-js's mutually recursive types.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['subgraphs/**/*.ts'],
    ignores: ['**/*.test.ts', 'subgraphs/insights/**', 'subgraphs/*/src/testing/**'],
    rules: { 'no-restricted-syntax': ['error', ...noClockOrChance, ...noFloats, noFalsyZero] },
  },
  {
    files: ['subgraphs/kit/src/clock.ts', 'subgraphs/kit/src/ids.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/main.ts', 'ops/**/*.ts', 'tests/**/*.ts', 'schema/*.ts'],
    rules: { 'n/no-process-env': 'off' },
  },
  {
    files: ['ops/**/*.ts', 'tests/load/**/*.ts', 'schema/*.ts'],
    rules: { 'no-console': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'tests/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    files: ['web/**/*.tsx', 'web/**/*.ts'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': 'off',
    },
  },
  {
    files: ['web/src/**/*.tsx', 'web/src/**/*.ts'],
    ignores: [
      '**/*.test.ts',
      '**/*.test.tsx',
      'web/src/testing/**',
      // What services say, the names of types, and those of browsers and systems.
      'web/src/api/server-words.ts',
      'web/src/api/asset-words.ts',
      'web/src/api/cache.ts',
      'web/src/pages/profile/SessionsPanel.tsx',
      'web/src/config.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...textIsMessage] },
  },
  {
    files: ['**/*.config.ts', '**/*.config.js'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
  {
    files: ['schema/subgraphs/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser },
    rules: {
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: false,
          EnumValueDefinition: true,
          InputValueDefinition: true,
        },
      ],
      '@graphql-eslint/no-hashtag-description': 'error',
      '@graphql-eslint/unique-enum-value-names': 'error',
    },
  },
  {
    // Composed from those, and operations; named on a command line, they are no warning.
    files: ['{schema,web,router}/**/*.graphql'],
    ignores: ['schema/subgraphs/**'],
    languageOptions: { parser: graphql.parser },
  },
)
