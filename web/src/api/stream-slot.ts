/**
 * Over HTTP/1.1 a browser opens six connections to an origin for all its tabs together, and a stream keeps one for good.
 * So that streams never starve requests, only one tab at a time has a stream of each kind; the others wait in line and
 * poll. Where tabs cannot agree (a page over plain http from another machine has no locks) none streams.
 */
export async function inSlot(
  locks: Pick<LockManager, 'request'> | undefined,
  kind: string,
  signal: AbortSignal,
  use: () => Promise<void>,
): Promise<void> {
  // A tab that is closed or hidden while it waits in line leaves the line: that is no failure.
  await locks?.request(`cnop-stream:${kind}`, { signal }, use).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
