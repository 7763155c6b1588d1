import { useCallback, useState } from 'react'
import { type AnyVariables, type TypedDocumentNode, useClient } from 'urql'
import { ApiFailure, describeError, type Failure, failureOf, sentences } from './errors.ts'
import { usernameOf } from './session.ts'
import { useSession } from './SessionProvider.tsx'

/** The outcome of a command: data or a failure. */
type Outcome<Data> =
  | { readonly data: Data; readonly failure?: undefined }
  | { readonly data?: undefined; readonly failure: Failure }

export type Command<Data, Variables> = {
  readonly run: (variables: Variables) => Promise<Outcome<Data>>
  readonly isRunning: boolean
  /** The failure of the last run; undefined from the start of the next one. */
  readonly failure: Failure | undefined
  readonly forget: () => void
}

const left: Failure = { code: 'SESSION_ENDED', sentence: sentences.SESSION_ENDED }

/** Sends a mutation once, without automatic retries. */
export function useCommand<Data, Variables extends AnyVariables>(
  mutation: TypedDocumentNode<Data, Variables>,
): Command<Data, Variables> {
  const client = useClient()
  const session = useSession()
  const [isRunning, setRunning] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const forget = useCallback(() => setFailure(undefined), [])
  const run = useCallback(
    async (variables: Variables): Promise<Outcome<Data>> => {
      setRunning(true)
      setFailure(undefined)
      try {
        const username = usernameOf(session.getState())
        const { data, error } = await client.mutation(mutation, variables).toPromise()
        // The answer to a user who has signed out is shown to nobody.
        if (usernameOf(session.getState()) !== username) throw new ApiFailure(left)
        if (error) throw new ApiFailure(describeError(error))
        if (data === undefined) throw new Error('The answer has neither data nor errors.')
        return { data }
      } catch (error) {
        const reason = failureOf(error)
        setFailure(reason)
        return { failure: reason }
      } finally {
        setRunning(false)
      }
    },
    [client, mutation, session],
  )
  return { run, isRunning, failure, forget }
}
