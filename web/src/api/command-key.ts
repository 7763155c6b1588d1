import { useCallback, useState } from 'react'
import { type OwnStorage, useOwnStorage } from './own-storage.ts'

/** 32 hexadecimal digits. `randomUUID` does not exist over plain http. */
export function newCommandKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function readKey(own: OwnStorage, scope: string): string {
  const saved = own.read('key', scope)
  if (saved) return saved
  const key = newCommandKey()
  own.write('key', scope, key)
  return key
}

/**
 * The idempotency key of a form: created when the form opens, kept over a reload, replaced only when the command has
 * certainly run.
 */
export function useCommandKey(scope: string): { readonly key: string; readonly renew: () => void } {
  const own = useOwnStorage()
  const [, setGeneration] = useState(0)
  const renew = useCallback(() => {
    own.write('key', scope, newCommandKey())
    setGeneration((generation) => generation + 1)
  }, [own, scope])
  return { key: readKey(own, scope), renew }
}
