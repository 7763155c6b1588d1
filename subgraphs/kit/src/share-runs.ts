/** Callers share a run: whoever calls while one is under way gets its result. */
export function shareRuns<T>(run: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined
  return () => (underWay ??= run().finally(() => (underWay = undefined)))
}
