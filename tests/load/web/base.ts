import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Where the measured pages were built. */
export const ownRoot = root

const run = (cwd: string, program: string, ...rest: readonly string[]): void => {
  execFileSync(program, rest, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Every folder of a workspace that may have modules of its own. */
const modules = ['.', 'web', 'router', 'ops', 'tests', 'schema']

/** Links are kept as they are: the packages of a workspace are links to folders beside them. */
function copyModules(folder: string): void {
  for (const place of modules) {
    const from = join(root, place, 'node_modules')
    const options = { recursive: true, verbatimSymlinks: true, force: false }
    try {
      cpSync(from, join(folder, place, 'node_modules'), options)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

const readLock = (folder: string): string => readFileSync(join(folder, 'package-lock.json'), 'utf8')

/** Builds the dashboard of another commit in a folder, calls the work with it and removes it. */
export async function withBuilt<Result>(
  commit: string,
  folder: string,
  work: () => Promise<Result>,
): Promise<Result> {
  run(root, 'git', 'worktree', 'add', '--detach', '--quiet', folder, commit)
  try {
    if (readLock(folder) === readLock(root)) copyModules(folder)
    else run(folder, 'npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error')
    run(folder, 'npm', 'run', '--silent', 'generate')
    run(join(folder, 'web'), 'npx', 'vite', 'build', '--logLevel', 'error')
    return await work()
  } finally {
    run(root, 'git', 'worktree', 'remove', '--force', folder)
  }
}
