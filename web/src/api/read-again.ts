import { useEffect, useEffectEvent, useRef } from 'react'

/**
 * Reads again when a mark of the live feed changes, at once or when the last reading is `pauseMs` old. Several changes within
 * that time are read once.
 */
export function useReadAgain(read: () => void, mark: string | undefined, pauseMs: number): void {
  const seen = useRef(mark)
  const readAt = useRef(0)
  const onChange = useEffectEvent(() => {
    seen.current = mark
    readAt.current = Date.now()
    read()
  })
  useEffect(() => {
    if (mark === undefined || mark === seen.current) return undefined
    const timer = setTimeout(onChange, Math.max(0, readAt.current + pauseMs - Date.now()))
    return () => clearTimeout(timer)
  }, [mark, pauseMs])
}
