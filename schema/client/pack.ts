import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `npm run client [-- DIR]`: compiles the client into a package that `npm install DIR` adds to any project; `.data/client` by
 * default.
 */
const root = fileURLToPath(new URL('../../', import.meta.url))
const [directory = join(root, '.data/client')] = process.argv.slice(2)

const manifest = {
  name: '@cnop/client',
  version: '1.0.0',
  type: 'module',
  license: 'MIT',
  engines: { node: '>=20' },
  exports: { types: './client/client.d.ts', default: './client/client.js' },
}

mkdirSync(directory, { recursive: true })
execFileSync(
  join(root, 'node_modules/.bin/tsc'),
  [
    join(root, 'schema/client/client.ts'),
    ...['--ignoreConfig', '--rootDir', join(root, 'schema'), '--outDir', directory],
    ...['--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom,dom.asynciterable'],
    ...['--declaration', '--rewriteRelativeImportExtensions', '--skipLibCheck', '--types', 'node'],
  ],
  { stdio: 'inherit' },
)
writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
process.stdout.write(`The client is in ${directory}; add it with: npm install ${directory}\n`)
