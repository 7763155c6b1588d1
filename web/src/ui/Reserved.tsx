import { type ReactNode, useCallback, useState } from 'react'

/**
 * The place of content that changes while the controls below it are used. It is at least `from` pixels high and never
 * becomes lower than it was, so that they do not move.
 */
export function Reserved({ from = 0, children }: { from?: number; children: ReactNode }) {
  const [height, setHeight] = useState(from)
  const measure = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined
    const observer = new ResizeObserver(() =>
      setHeight((known) => Math.max(known, element.offsetHeight)),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <div style={{ minHeight: height }}>
      <div ref={measure}>{children}</div>
    </div>
  )
}
