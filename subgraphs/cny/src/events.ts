import type { Deps } from './deps.ts'
import type { PocketSize } from './domain/red-pocket.ts'

/** Tells operators of an opened pocket. The phrase is none of their business. */
export function announceClaim(
  { log }: Pick<Deps, 'log'>,
  { username, size }: { readonly username: string; readonly size: PocketSize },
): void {
  log.info(
    { action: 'red_pocket.claimed', user: username, extra: { size } },
    'A red pocket was opened.',
  )
}
