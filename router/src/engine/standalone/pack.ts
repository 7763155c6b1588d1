/**
 * `npm run engine:pack -- [DIRECTORY]`: bundles the standalone engine into a package for `npm pack`, `.data/engine` by
 * default. Our own modules are in it; packages of others are its dependencies, in the versions of this repository.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as bundle, type Metafile, type Plugin } from 'esbuild'
import { configSchema } from './config.ts'

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const [directory = fileOf('../../../../.data/engine')] = process.argv.slice(2)

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const readManifest = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Manifest
const router = readManifest(fileOf('../../../package.json'))

const onlyOwnModules: Plugin = {
  name: 'only own modules',
  setup: (build) => {
    build.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      path.startsWith('@cnop/') ? undefined : { path, external: true },
    )
  },
}

/** The packages that the bundle imports. */
function importedPackages({ outputs }: Metafile): string[] {
  const paths = Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ path, external }) => external === true && !isBuiltin(path))
    .map(({ path }) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'))
  return [...new Set(paths)].sort()
}

/** The versions that our own packages in the bundle ask for. */
const versions: Readonly<Record<string, string>> = {
  ...readManifest(fileOf('../../../../subgraphs/kit/package.json')).dependencies,
  ...router.dependencies,
}

function versionOf(name: string): string {
  const version = versions[name]
  if (version === undefined) throw new Error(`No package here asks for ${name}.`)
  return version
}

rmSync(directory, { recursive: true, force: true })
mkdirSync(directory, { recursive: true })
const { metafile } = await bundle({
  entryPoints: { main: fileOf('./main.ts'), 'planner-entry': fileOf('../plan/planner-entry.ts') },
  outdir: directory,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  banner: { js: '#!/usr/bin/env node' },
  plugins: [onlyOwnModules],
  metafile: true,
  logLevel: 'warning',
})
const manifest = {
  name: '@cnop/engine',
  version: router.version,
  description: 'A federated GraphQL router: a compiled executor behind the query planner of Apollo',
  type: 'module',
  license: 'MIT',
  engines: { node: '>=20.19' },
  bin: { 'cnop-engine': 'main.js' },
  dependencies: Object.fromEntries(
    importedPackages(metafile).map((name) => [name, versionOf(name)]),
  ),
}
writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
writeFileSync(join(directory, 'config-schema.json'), `${JSON.stringify(configSchema(), null, 2)}\n`)
copyFileSync(fileOf('./README.md'), join(directory, 'README.md'))
process.stdout.write(
  `The package is in ${directory}: pack it with npm pack, or install the directory.\n`,
)
