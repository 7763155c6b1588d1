import type { MantineColorSchemeManager } from '@mantine/core'
import { useSyncExternalStore } from 'react'

export type ColorScheme = 'auto' | 'light' | 'dark'

/** `public/early.js` reads it before the first paint. */
const storedName = 'mantine-color-scheme-value'

const read = (): ColorScheme => {
  const stored = localStorage.getItem(storedName)
  return stored === 'light' || stored === 'dark' ? stored : 'auto'
}

const listeners = new Set<() => void>()
const prefersDark = window.matchMedia('(prefers-color-scheme:dark)')

const shownScheme = (): 'light' | 'dark' => {
  const chosen = read()
  if (chosen !== 'auto') return chosen
  return prefersDark.matches ? 'dark' : 'light'
}

function show(): void {
  document.documentElement.dataset['mantineColorScheme'] = shownScheme()
  listeners.forEach((listener) => listener())
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

prefersDark.addEventListener('change', show)
// Another tab has chosen.
window.addEventListener('storage', ({ key }) => {
  if (key === storedName) show()
})

/** What this browser has chosen. */
export const useColorScheme = (): ColorScheme => useSyncExternalStore(subscribe, read)

/** What is seen. */
export const useShownScheme = (): 'light' | 'dark' => useSyncExternalStore(subscribe, shownScheme)

const next = { auto: 'light', light: 'dark', dark: 'auto' } as const

/** Cycles through automatic, light and dark. */
export function advanceColorScheme(): void {
  localStorage.setItem(storedName, next[read()])
  show()
}

const nothing = (): void => undefined

/**
 * The scheme is an attribute of the document, by which the styles go: Mantine learns it once. Told of each change, it would render
 * all its components anew, with the same outcome.
 */
export const colorSchemeManager: MantineColorSchemeManager = {
  get: shownScheme,
  ...{ set: nothing, subscribe: nothing, unsubscribe: nothing, clear: nothing },
}
