import { useState } from 'react'

/** The way through a cursor-paged list: the cursors of the pages behind us, oldest first. */
export function useCursors() {
  const [cursors, setCursors] = useState<readonly string[]>([])
  return {
    after: cursors.at(-1) ?? null,
    page: cursors.length + 1,
    next: (cursor: string | null) => {
      if (cursor) setCursors([...cursors, cursor])
    },
    previous: () => setCursors(cursors.slice(0, -1)),
    restart: () => setCursors([]),
  }
}
