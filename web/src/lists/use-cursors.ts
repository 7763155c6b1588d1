import { useState } from 'react'

/** Pagination by cursors. It stores the cursors of the previous pages, oldest first. */
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
