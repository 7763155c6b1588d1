import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import * as esbuild from 'esbuild'

export type ProgramName = SubgraphName | 'router'

const root = fileURLToPath(new URL('../../', import.meta.url))
const directory = join(root, 'ops/dist')
const own = 'ops/split/programs.ts'

const entries: Readonly<Record<string, string>> = {
  ...Object.fromEntries(subgraphNames.map((name) => [name, `subgraphs/${name}/src/main.ts`])),
  router: 'router/src/main.ts',
  'planner-entry': 'router/src/engine/plan/planner-entry.ts',
}

const startsPlanner = /\/planner-(thread|process)\.ts$/

/** Files that sources read stay where they are. The program of a planner is beside the compiled programs. */
const keepPlaces: esbuild.Plugin = {
  name: 'keep-places',
  setup: (build) => {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const isMoved = source.includes('import.meta.url') && !startsPlanner.test(path)
      const place = `new URL(${JSON.stringify(relative(directory, path))}, import.meta.url).href`
      const contents = isMoved ? source.replaceAll('import.meta.url', place) : source
      return { contents, loader: 'ts' }
    })
  },
}

/** What CommonJS packages find in a module of their own. */
const commonJs = `import { createRequire as createRequireHere } from 'node:module'
const require = createRequireHere(import.meta.url)
const { filename: __filename, dirname: __dirname } = import.meta`

/** Replaces a file in one step: another process may read it at the same time. */
async function replace(name: string, contents: Uint8Array | string): Promise<void> {
  const draft = join(directory, `${name}.${process.pid}`)
  await writeFile(draft, contents)
  await rename(draft, join(directory, name))
}

/** The sources of the compiled programs, and when each was changed. */
const sourcesFile = 'sources.json'
type Sources = Readonly<Record<string, number>>

const changedAt = async (path: string): Promise<number> => (await stat(join(root, path))).mtimeMs

async function readSources(paths: readonly string[]): Promise<Sources> {
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await changedAt(path)] as const)),
  )
}

async function isCurrent(): Promise<boolean> {
  try {
    const text = await readFile(join(directory, sourcesFile), 'utf8')
    const known = JSON.parse(text) as Sources
    return isDeepStrictEqual(await readSources(Object.keys(known)), known)
  } catch {
    return false
  }
}

async function compile(): Promise<void> {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { ...entries },
    outdir: directory,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['@node-rs/*'],
    plugins: [keepPlaces],
    banner: { js: commonJs },
    logLevel: 'error',
  })
  const sources = await readSources([own, ...Object.keys(metafile.inputs)])
  await mkdir(directory, { recursive: true })
  const names = new Set(outputFiles.map(({ path }) => basename(path)))
  for (const { path, contents } of outputFiles) await replace(basename(path), contents)
  for (const name of await readdir(directory)) {
    if (!names.has(name)) await rm(join(directory, name), { force: true })
  }
  await replace(sourcesFile, JSON.stringify(sources))
}

/**
 * Compiles the sources of every process, packages included, into a few files of JavaScript, unless they are current, and
 * returns where each program starts. A process then starts with a fraction of the CPU that loading two thousand modules takes.
 */
export async function compilePrograms(): Promise<(name: ProgramName) => string> {
  if (!(await isCurrent())) await compile()
  return (name) => join(directory, `${name}.js`)
}
