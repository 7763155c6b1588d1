import { useEffect } from 'react'
import { useLocation } from 'react-router'

/** Where navigation by keyboard goes on. The state of its history entry has one of these. */
export type Meant = 'isToAmount' | 'isToAlert'

/** What is typed while the palette loads is not taken from it. */
const isTypedAhead = (): boolean => document.activeElement?.id === 'typed-ahead'

/** Focuses the field of this name, when the page was opened to fill it. Call it beside the field. */
export function useMeantFocus(meant: Meant, path: string): void {
  const { key, state } = useLocation() as {
    key: string
    state: Partial<Record<Meant, boolean>> | null
  }
  const isMeant = state?.[meant] === true
  useEffect(() => {
    if (isMeant && !isTypedAhead())
      document.querySelector<HTMLElement>(`[data-path="${path}"]`)?.focus()
  }, [isMeant, path, key])
}
