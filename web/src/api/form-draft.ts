import { useCallback, useRef, useState } from 'react'
import { type OwnStorage, useOwnStorage } from './own-storage.ts'

/** The fields of a form. A password is never one of them. */
type Fields = Readonly<Record<string, string | boolean>>

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

/** Keeps what differs from the initial fields, so that a field without a change shows the value of the server. */
export function keepDraft<Draft extends Fields>(
  own: OwnStorage,
  scope: string,
  initial: Draft,
  fields: Draft,
): void {
  const changes = changesOf(initial, fields)
  const isKept = Object.keys(changes).length > 0 && canKeep(changes)
  if (isKept) own.write('draft', scope, JSON.stringify(changes))
  else own.remove('draft', scope)
}

/** The initial fields with the changes that were kept. */
export const readDraft = <Draft extends Fields>(
  own: OwnStorage,
  scope: string,
  initial: Draft,
): Draft => ({ ...initial, ...readChanges(own.read('draft', scope), initial) })

/**
 * The input of a form as `useState` has it, kept for this tab: it survives a reload and a visit of another page, and ends with
 * the session. `initial` must stay the same, and so must the scope: remount the form for another one.
 */
export function useFormDraft<Draft extends Fields>(
  scope: string,
  initial: Draft,
): readonly [Draft, (change: Partial<Draft>) => void] {
  const own = useOwnStorage()
  const [fields, setFields] = useState(() => readDraft(own, scope, initial))
  // An answer may arrive after further input.
  const latest = useRef(fields)
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
