import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

type Chunk = {
  readonly file: string
  readonly imports?: readonly string[]
}
type Manifest = Readonly<Record<string, Chunk>>

export type BundleSizes = {
  /** Script that the first visit of the dashboard loads before any chart, as it travels: in brotli. */
  readonly dashboardScriptBytes: number
  readonly dashboardStyleBytes: number
  readonly dashboardRequests: number
  /** Script that the landing page loads, in brotli. */
  readonly landingScriptBytes: number
  /** All script of the app, charts included, in brotli. */
  readonly appScriptBytes: number
  /** Everything of the playground, as it lies on disk. */
  readonly playgroundBytes: number
}

/** What one may load before the dashboard's first panel shows. Languages cost 13 kB of it: 9 for their library, 4 for the calls around texts. */
export const dashboardScriptBudgetBytes = 218_000

const dist = fileURLToPath(new URL('./dist/', import.meta.url))

/** The bytes that travel: of the brotli beside a file, or of a file that is too small for one. */
const sentBytes = (path: string): number =>
  statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** The scripts that a chunk needs before it can run: itself and what it imports statically. */
function collect(manifest: Manifest, keys: readonly string[]): ReadonlySet<string> {
  const scripts = new Set<string>()
  const visit = (key: string): void => {
    const chunk = manifest[key]
    if (!chunk || scripts.has(chunk.file)) return
    scripts.add(chunk.file)
    chunk.imports?.forEach(visit)
  }
  keys.forEach(visit)
  return scripts
}

function folderBytes(folder: string): number {
  if (!existsSync(folder)) return 0
  return sum(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).byteLength),
  )
}

/** Measures the built bundles; run the build first. */
export function measureBundles(): BundleSizes {
  const app = join(dist, 'app')
  const manifest = JSON.parse(readFileSync(join(app, '.vite/manifest.json'), 'utf8')) as Manifest
  const sizeOf = (files: Iterable<string>) =>
    sum([...files].map((file) => sentBytes(join(app, file))))
  const dashboard = collect(manifest, ['index.html', 'src/pages/dashboard/DashboardPage.tsx'])
  const landing = collect(manifest, ['index.html', 'src/pages/landing/LandingPage.tsx'])
  const all = new Set(
    Object.values(manifest)
      .map(({ file }) => file)
      .filter((file) => file.endsWith('.js')),
  )
  // All styles are in one file, which the page names and no chunk does.
  const styles = Object.values(manifest)
    .map(({ file }) => file)
    .filter((file) => file.endsWith('.css'))
  return {
    dashboardScriptBytes: sizeOf(dashboard),
    dashboardStyleBytes: sizeOf(styles),
    dashboardRequests: dashboard.size + styles.length,
    landingScriptBytes: sizeOf(landing),
    appScriptBytes: sizeOf(all),
    playgroundBytes: folderBytes(join(dist, 'playground')),
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const sizes = measureBundles()
  process.stdout.write(`${JSON.stringify(sizes, null, 2)}\n`)
  if (sizes.dashboardScriptBytes >= dashboardScriptBudgetBytes) {
    process.stderr.write(
      `The dashboard loads more script than ${dashboardScriptBudgetBytes} bytes.\n`,
    )
    process.exitCode = 1
  }
}
