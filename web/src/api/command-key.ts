import { useCallback, useState } from 'react'
import { useUsername } from './SessionProvider.tsx'

/** 32 hexadecimal digits; `randomUUID` is missing on plain http. */
function newCommandKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function readKey(name: string): string {
  const saved = sessionStorage.getItem(name)
  if (saved) return saved
  const key = newCommandKey()
  sessionStorage.setItem(name, key)
  return key
}

/**
 * The idempotency key of a form: made when the form opens, the same after a reload,
 * replaced only when the command has definitely happened.
 */
export function useCommandKey(scope: string): { readonly key: string; readonly renew: () => void } {
  const name = `cnop-key:${useUsername()}:${scope}`
  const [, setGeneration] = useState(0)
  const renew = useCallback(() => {
    sessionStorage.setItem(name, newCommandKey())
    setGeneration((generation) => generation + 1)
  }, [name])
  return { key: readKey(name), renew }
}
