import { useRef, useState } from 'react'
import type { TypedDocumentNode } from 'urql'
import { useCommand } from '../../api/command.ts'
import { useCommandKey } from '../../api/command-key.ts'
import { isStillUnknown } from '../../api/errors.ts'
import { useOwnStorage, useOwnText } from '../../api/own-storage.ts'
import {
  AccountDepositDocument,
  AccountWithdrawDocument,
  type CashInput,
} from '../../generated/graphql.ts'

export type Direction = 'deposit' | 'withdraw'

/**
 * The command of a form that moves cash. Until its outcome is known it is kept for this tab, over a reload too: `unsettled` is its
 * input, and nothing else is sent. `sendAgain` sends it unchanged, with its key, so that it cannot happen twice; `giveUp`
 * forgets it. Both senders return the outcome, or undefined where nothing was sent.
 */
function useSentCommand<Data>(
  scope: Direction,
  mutation: TypedDocumentNode<Data, { input: CashInput }>,
) {
  const own = useOwnStorage()
  const { key, renew } = useCommandKey(scope)
  const { run, isRunning, failure, forget } = useCommand(mutation)
  const [isRepeat, setRepeat] = useState(false)
  const isUnderway = useRef(false)
  const sent = JSON.parse(useOwnText(own, 'sent', scope) ?? 'null') as CashInput | null
  const settle = () => {
    own.remove('sent', scope)
    renew()
  }
  const post = async (input: CashInput) => {
    if (isUnderway.current) return undefined
    isUnderway.current = true
    setRepeat(sent !== null)
    own.write('sent', scope, JSON.stringify(input))
    try {
      const outcome = await run({ input })
      // It may have been given up meanwhile, and the next one begun.
      const isStill = own.read('sent', scope) === JSON.stringify(input)
      if (isStill && !(outcome.failure && isStillUnknown(outcome.failure, sent !== null))) settle()
      return outcome
    } finally {
      isUnderway.current = false
    }
  }
  return {
    isRunning,
    failure,
    forget,
    unsettled: isRunning && !isRepeat ? undefined : (sent ?? undefined),
    /** For the next input. */
    key,
    send: (input: CashInput) => (sent ? Promise.resolve(undefined) : post(input)),
    sendAgain: () => (sent ? post(sent) : Promise.resolve(undefined)),
    giveUp: () => {
      forget()
      settle()
    },
  }
}

/** A movement of cash in one direction, with its own key and its own unsettled attempt. */
export function useMovement(direction: Direction) {
  const deposit = useSentCommand('deposit', AccountDepositDocument)
  const withdraw = useSentCommand('withdraw', AccountWithdrawDocument)
  return direction === 'deposit' ? deposit : withdraw
}
