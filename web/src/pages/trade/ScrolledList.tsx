import type { ReactNode } from 'react'

/** A list without controls that may be higher than its room: the keys scroll it. */
export function ScrolledList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="market-panel-body" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}
