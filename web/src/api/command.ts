import { useCallback, useState } from 'react'
import { type AnyVariables, type TypedDocumentNode, useClient } from 'urql'
import {
  ApiFailure,
  describeError,
  type Failure,
  failureOf,
  left,
  notSent,
  ofCommand,
} from './errors.ts'
import { usernameOf } from './session.ts'
import { useSession } from './SessionProvider.tsx'
import { isCutOff, useIsOffline } from './use-is-offline.ts'

/** The outcome of a command: data or a failure. */
type Outcome<Data> =
  | { readonly data: Data; readonly failure?: undefined }
  | { readonly data?: undefined; readonly failure: Failure }

export type Command<Data, Variables> = {
  readonly run: (variables: Variables) => Promise<Outcome<Data>>
  readonly isRunning: boolean
  /** The failure of the last run, until the next one starts; OFFLINE only until the connection is back. */
  readonly failure: Failure | undefined
  readonly forget: () => void
}

/**
 * Sends a mutation once, without automatic retries. Without a connection nothing is sent, and it fails with OFFLINE. Only the user who had the form opened sends it: it fails with
 * SESSION_ENDED after another one has signed in.
 */
export function useCommand<Data, Variables extends AnyVariables>(
  mutation: TypedDocumentNode<Data, Variables>,
): Command<Data, Variables> {
  const client = useClient()
  const session = useSession()
  const [opener] = useState(() => usernameOf(session.getState()))
  const [isRunning, setRunning] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const forget = useCallback(() => setFailure(undefined), [])
  const isOffline = useIsOffline()
  if (failure?.code === 'OFFLINE' && !isOffline) forget()
  const run = useCallback(
    async (variables: Variables): Promise<Outcome<Data>> => {
      setRunning(true)
      setFailure(undefined)
      try {
        const username = usernameOf(session.getState())
        if (opener !== '' && username !== opener) throw new ApiFailure(left)
        if (await isCutOff()) throw new ApiFailure(notSent)
        const { data, error } = await client.mutation(mutation, variables).toPromise()
        if (usernameOf(session.getState()) !== username) throw new ApiFailure(left)
        if (error) throw new ApiFailure(describeError(error))
        if (data === undefined) throw new Error('The answer has neither data nor errors.')
        return { data }
      } catch (error) {
        const reason = ofCommand(failureOf(error))
        setFailure(reason)
        return { failure: reason }
      } finally {
        setRunning(false)
      }
    },
    [client, mutation, opener, session],
  )
  return { run, isRunning, failure, forget }
}
