import { useState } from 'react'
import { usePolling } from '../api/polling.ts'

const minuteMs = 60_000

/** The current time to the minute, for "5 minutes ago". */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  usePolling(() => setNow(Date.now()), minuteMs / 2)
  return now
}
