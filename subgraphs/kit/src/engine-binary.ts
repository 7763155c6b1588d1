import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { findOnPath } from './child.ts'

/** Where the embedded engine is: its npm package on Linux x64, else a `dynoxide` on the search path. */
export function findEngine(packageName = '@dynoxide/linux-x64', program = 'dynoxide'): string {
  const found = fromPackage(packageName) ?? findOnPath(program)
  if (found) return found
  throw new Error(
    `The embedded store has no engine for ${process.platform} ${process.arch}. Put a "${program}" ` +
      'binary on the PATH, or set DYNAMODB_ENDPOINT to a DynamoDB endpoint.',
  )
}

function fromPackage(packageName: string): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`)
    const binary = join(dirname(manifest), 'dynoxide')
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}
