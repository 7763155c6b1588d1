import type { Deps } from './deps.ts'
import type { PocketSize } from './domain/red-pocket.ts'

/** Logs an opened pocket, without its phrase. */
export function announceClaim(
  { log }: Pick<Deps, 'log'>,
  { username, size }: { readonly username: string; readonly size: PocketSize },
): void {
  log.info(
    { action: 'red_pocket.claimed', user: username, extra: { size } },
    'A red pocket was opened.',
  )
}
