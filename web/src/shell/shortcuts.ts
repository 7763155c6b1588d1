import { useEffect, useEffectEvent } from 'react'

export type Shortcut = { readonly key: string; readonly label: string; readonly run: () => void }

/** Whether the user is typing, so that letters are text and not shortcuts. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

const isDialogOpen = (): boolean => document.querySelector('[aria-modal="true"]') !== null

const isPlain = (event: KeyboardEvent): boolean => !event.ctrlKey && !event.metaKey && !event.altKey

const isPaletteKey = (event: KeyboardEvent): boolean =>
  (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k'

/** Listens for single keys outside of fields and dialogs. `isEnabled` controls the letters, not Ctrl-K. */
export function useShortcuts(
  shortcuts: readonly Shortcut[],
  openPalette: () => void,
  isEnabled: boolean,
): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (isPaletteKey(event)) {
      event.preventDefault()
      openPalette()
      return
    }
    if (!isEnabled || !isPlain(event) || isTyping(event.target) || isDialogOpen()) return
    const shortcut = shortcuts.find(({ key }) => key === event.key)
    if (!shortcut) return
    event.preventDefault()
    shortcut.run()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}

/** Focuses the page's own search field; false when it has none. */
export function focusPageSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('input[data-page-search]')
  field?.focus()
  return field !== null
}
