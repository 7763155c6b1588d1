import { useCallback, useEffect, useRef, useState } from 'react'
import { type OwnStorage, useOwnStorage, useOwnText } from './own-storage.ts'

/** The fields of a form. A password is never one of them. */
type Fields = Readonly<Record<string, string | boolean>>

/** What the forms start with that a command fills from another page. */
export const startOf: {
  readonly cash: { readonly isWithdrawal: boolean }
  readonly movement: { readonly amount: string }
  readonly alert: {
    readonly isFall: boolean
    /** Whether it waits for a change in per cent. */
    readonly isMove: boolean
    readonly price: string
    readonly percent: string
    readonly repeats: boolean
    /** How far back it re-arms, in per cent; empty for the usual distance. */
    readonly rearm: string
    /** The day at whose end the alert ends; empty for none. */
    readonly lastDay: string
  }
} = {
  cash: { isWithdrawal: false },
  movement: { amount: '' },
  alert: {
    ...{ isFall: false, isMove: false, repeats: false },
    ...{ price: '', percent: '', rearm: '', lastDay: '' },
  },
}

/** More than any form accepts. Longer input is not kept. */
const mostCharacters = 4_000

/** The fields that differ from those that the form starts with. */
export function changesOf<Draft extends Fields>(initial: Draft, fields: Draft): Partial<Draft> {
  const changed = Object.entries(fields).filter(([name, value]) => value !== initial[name])
  return Object.fromEntries(changed) as Partial<Draft>
}

/** Whether a draft is short enough to be kept. */
export const canKeep = (changes: Partial<Fields>): boolean =>
  JSON.stringify(changes).length <= mostCharacters

/** The kept changes; those that the form no longer knows, of an older version, are left out. */
function readChanges<Draft extends Fields>(text: string | null, initial: Draft): Partial<Draft> {
  const saved = JSON.parse(text ?? '{}') as Fields
  const known = Object.entries(saved).filter(
    ([name, value]) => typeof value === typeof initial[name],
  )
  return Object.fromEntries(known) as Partial<Draft>
}

/** The text that is kept for these fields; null where there is nothing to keep, or too much. */
function keptText<Draft extends Fields>(initial: Draft, fields: Draft): string | null {
  const changes = changesOf(initial, fields)
  return Object.keys(changes).length > 0 && canKeep(changes) ? JSON.stringify(changes) : null
}

/** Keeps what differs from the initial fields, so that a field without a change shows the value of the server. */
export function keepDraft<Draft extends Fields>(
  own: OwnStorage,
  scope: string,
  initial: Draft,
  fields: Draft,
): void {
  const text = keptText(initial, fields)
  if (text === null) own.remove('draft', scope)
  else own.write('draft', scope, text)
}

/** The initial fields with the changes that were kept. */
export const readDraft = <Draft extends Fields>(
  own: OwnStorage,
  scope: string,
  initial: Draft,
): Draft => ({ ...initial, ...readChanges(own.read('draft', scope), initial) })

/**
 * The input of a form as `useState` has it, kept for this tab: it survives a reload, a visit of another page and a session that
 * ended elsewhere, and goes with the user. `initial` must stay the same, and so must the scope: remount the form for another one.
 */
export function useFormDraft<Draft extends Fields>(
  scope: string,
  initial: Draft,
): readonly [Draft, (change: Partial<Draft>) => void] {
  const own = useOwnStorage()
  const [fields, setFields] = useState(() => readDraft(own, scope, initial))
  // An answer may arrive after further input.
  const latest = useRef(fields)
  const text = useOwnText(own, 'draft', scope)
  const [seen, setSeen] = useState(text)
  if (text !== seen) {
    setSeen(text)
    // The answer to what this form sent before its page was left has changed it.
    if (text !== keptText(initial, fields)) setFields(readDraft(own, scope, initial))
  }
  useEffect(() => {
    latest.current = fields
  }, [fields])
  const change = useCallback(
    (changed: Partial<Draft>) => {
      latest.current = { ...latest.current, ...changed }
      keepDraft(own, scope, initial, latest.current)
      setFields(latest.current)
    },
    [own, scope, initial],
  )
  return [fields, change]
}
