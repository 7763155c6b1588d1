import { useCallback, useEffect, useState } from 'react'
import { type Ask, ask } from '../../api/ask.ts'
import { type Failure, failureOf } from '../../api/errors.ts'
import { usePolling } from '../../api/polling.ts'
import type { Reading } from '../../api/reading.ts'
import { useSession } from '../../api/SessionProvider.tsx'

/** The router's operator endpoints. A reader parses the body into its own type or throws. */
type ReadAnswer<Data> = (body: unknown, headers: Headers) => Data

type Known<Data> = {
  readonly path: string
  readonly data?: Data | undefined
  readonly failure?: Failure | undefined
}

const never = 2 ** 31 - 1

/** Polls an endpoint of the router. The last data is kept when a request fails. */
export function useSystem<Data>(
  path: string,
  read: ReadAnswer<Data>,
  everyMs: number = never,
): Reading<Data> {
  const session = useSession()
  const [known, setKnown] = useState<Known<Data>>({ path })
  const load = useCallback(
    () =>
      ask(session, path)
        .then(async (response) => read(await response.json(), response.headers))
        .then(
          (data) => setKnown({ path, data }),
          (error: unknown) => {
            const failure = failureOf(error)
            setKnown((last) => ({
              path,
              failure,
              data: last.path === path ? last.data : undefined,
            }))
          },
        ),
    [session, path, read],
  )
  useEffect(() => void load(), [load])
  usePolling(() => void load(), everyMs)
  const { data, failure } = known.path === path ? known : {}
  return { data, failure, isLoading: !data && !failure, retry: () => void load() }
}

/** Sends a command to the router; rejects with an ApiFailure. */
export function useSystemCommand(): (path: string, options: Ask) => Promise<void> {
  const session = useSession()
  return useCallback(
    async (path, options) => {
      await ask(session, path, options)
    },
    [session],
  )
}
